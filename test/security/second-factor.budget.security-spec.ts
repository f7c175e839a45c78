import { anAccount, bearer, signIn, type Tokens } from '../support/accounts';
import { problemOf } from '../support/problem';
import { aSecuredAccount, freshCode, ticketFor, wrongCode, type SecuredAccount } from '../support/second-factor';
import { startTestApp, type TestApp } from '../support/test-app';

const FAILURES = 6;

let service: TestApp;
let account: SecuredAccount;
beforeEach(async () => {
  service = await startTestApp({ environment: { THROTTLE_FAILURES: String(FAILURES) } });
  account = await aSecuredAccount(service);
});
afterEach(() => service.close());

const TOO_MANY = { status: 429, code: 'too-many-requests' };
const disable = (tokens: Tokens, code: string) => service.post('/auth/mfa/disable', { code }, bearer(tokens));
const finish = (ticket: string, code: string) => service.post('/auth/mfa/totp', { ticket, code });

it('wrong codes count against the network, whichever way they come, and no code is judged past its budget', async () => {
  const { owner, tokens, secret } = account;
  const wrong = await wrongCode(service, secret);
  const tickets = [await ticketFor(service, owner), await ticketFor(service, owner)] as const;
  const login = { email: owner.email, password: owner.password, totp_code: wrong };
  const answers = [
    await finish(tickets[0], wrong),
    await finish(tickets[0], wrong),
    await finish(tickets[1], wrong),
    await finish(tickets[1], wrong),
    await service.post('/auth/login', login),
    await service.post('/auth/login', login),
  ];
  expect(answers.map(problemOf)).toEqual(Array(FAILURES).fill({ status: 401, code: 'invalid-code' }));
  const right = await freshCode(service, secret);
  expect(problemOf(await finish(tickets[0], right))).toEqual(TOO_MANY);
  // who has passed the second factor before is not kept out by what others do in his network
  expect((await disable(tokens, right)).statusCode).toBe(204);
});

it('a right code costs nothing, nor does one that is not looked at', async () => {
  const { owner, tokens, secret } = account;
  const plain = await signIn(service, await anAccount(service));
  for (let tries = 0; tries < FAILURES + 1; tries += 1) {
    expect(problemOf(await disable(plain, '000000'))).toEqual({ status: 409, code: 'mfa-not-enabled' });
    expect((await finish(await ticketFor(service, owner), await freshCode(service, secret))).statusCode).toBe(200);
  }
  const dead = await ticketFor(service, owner);
  const wrong = await wrongCode(service, secret);
  for (let tries = 0; tries < 5; tries += 1) await finish(dead, wrong);
  for (let tries = 0; tries < FAILURES + 1; tries += 1) {
    expect(problemOf(await finish(dead, wrong))).toEqual({ status: 401, code: 'invalid-ticket' });
  }
  expect((await disable(tokens, await freshCode(service, secret))).statusCode).toBe(204);
});
