import { aPerson, anAccount, logIn, signIn, bearer, register } from '../../support/accounts';
import { startDescribedApp } from '../../support/described-app';
import { enableTotp } from '../../support/second-factor';
import {
  aSealedPerson,
  forgetPassword,
  seal,
  sealedProblemOf,
  sealedRegister,
  validateOtp,
} from '../../support/sealed';
import { undo, undosIn } from '../../support/takeover';
import type { TestApp } from '../../support/test-app';

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp({ environment: { LOCKOUT_ATTEMPTS: '100' } });
});
afterAll(() => service.close());

const INVALID_CODE = { status: 401, code: 'invalid-code' };
const INVALID_TICKET = { status: 401, code: 'invalid-ticket' };
const INVALID_PASSWORD = { status: 400, code: 'invalid-encrypted-password' };
const CHOSEN = 'новый пароль 😀';

async function oneTimeToken(email: string): Promise<string> {
  const { challage, code } = await forgetPassword(service, { email });
  const answer = await validateOtp(service, challage, code ?? '');
  expect([answer.statusCode, answer.json()]).toEqual([200, { uuid: expect.any(String) }]);
  return answer.json<{ uuid: string }>().uuid;
}

const reset = async (token: string, password: string) =>
  service.post('/auth/reset-password', { oneTimeToken: token, ...(await seal(service, password)) });

const wrongFor = (code: string | null) => (code === '000000' ? '000001' : '000000');

it('sets a password, ends every session and answers null, as printed', async () => {
  const owner = await anAccount(service);
  const before = await signIn(service, owner);
  const answer = await reset(await oneTimeToken(owner.email), CHOSEN);
  expect([answer.statusCode, answer.body]).toEqual([200, 'null']);
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(answer.headers['x-device-token']).toEqual(expect.any(String));
  expect((await service.get('/user/me', bearer(before))).statusCode).toBe(401);
  expect((await logIn(service, owner)).statusCode).toBe(401);
  expect((await logIn(service, { email: owner.email, password: CHOSEN })).statusCode).toBe(200);
});

it('the mail has the code, and a link that does the same', async () => {
  const owner = await anAccount(service);
  await forgetPassword(service, owner);
  const [mail] = await service.mailsTo(owner.email);
  expect(mail?.text).toMatch(/^\d{6}$/m);
  expect(mail?.text).toMatch(/\/reset-password\?token=\S+/);
});

it('signs in by the username after a reset, also where the address was never proved before', async () => {
  const person = aSealedPerson();
  expect((await sealedRegister(service, person)).statusCode).toBe(201);
  expect((await reset(await oneTimeToken(person.email), CHOSEN)).json()).toBeNull();
  const signedIn = await service.post('/auth/login', { username: person.username, ...(await seal(service, CHOSEN)) });
  expect(signedIn.json()).toMatchObject({ user: { username: person.username, email: person.email } });
});

it('an address that nobody has gets a challenge of the same form, and no mail', async () => {
  const [known, unknown] = [await anAccount(service), aPerson()];
  const asked = await forgetPassword(service, known);
  const decoy = await forgetPassword(service, unknown);
  expect(decoy.code).toBeNull();
  expect(await service.mailsTo(unknown.email)).toEqual([]);
  expect(decoy.challage).toHaveLength(asked.challage.length);
  const [one, other] = [
    await validateOtp(service, asked.challage, wrongFor(asked.code)),
    await validateOtp(service, decoy.challage, '000000'),
  ];
  expect([one.statusCode, one.body]).toEqual([other.statusCode, other.body]);
  expect(sealedProblemOf(one)).toEqual(INVALID_CODE);
});

it('a code dies at the fifth wrong try, and works once', async () => {
  const owner = await anAccount(service);
  const first = await forgetPassword(service, owner);
  for (let guess = 0; guess < 5; guess += 1) {
    expect(sealedProblemOf(await validateOtp(service, first.challage, wrongFor(first.code)))).toEqual(INVALID_CODE);
  }
  expect(sealedProblemOf(await validateOtp(service, first.challage, first.code ?? ''))).toEqual(INVALID_CODE);
  const second = await forgetPassword(service, owner);
  expect((await validateOtp(service, second.challage, second.code ?? '')).statusCode).toBe(200);
  expect(sealedProblemOf(await validateOtp(service, second.challage, second.code ?? ''))).toEqual(INVALID_CODE);
});

it('a code lives ten minutes, and opens its own challenge only', async () => {
  const [owner, other] = [await anAccount(service), await anAccount(service)];
  const [one, two] = [await forgetPassword(service, owner), await forgetPassword(service, other)];
  if (one.code !== two.code) {
    expect(sealedProblemOf(await validateOtp(service, two.challage, one.code ?? ''))).toEqual(INVALID_CODE);
  }
  service.clock.advanceSeconds(599);
  expect((await validateOtp(service, two.challage, two.code ?? '')).statusCode).toBe(200);
  service.clock.advanceSeconds(1);
  expect(sealedProblemOf(await validateOtp(service, one.challage, one.code ?? ''))).toEqual(INVALID_CODE);
});

it.each(['none', 'A'.repeat(64), 'A'.repeat(400), 'A'.repeat(4000), '%00', '..%2f..'])(
  'a challenge that is none of ours (%s) is as a wrong code',
  async (challage) => {
    expect(sealedProblemOf(await validateOtp(service, challage, '123456'))).toEqual(INVALID_CODE);
  },
);

it.each<[string, unknown]>([
  ['none', undefined],
  ['a number', 123456],
  ['empty', ''],
])('a one-time password that is %s is 400 and named', async (_what, oneTimePassword) => {
  const { challage } = await forgetPassword(service, aPerson());
  const answer = await service.post(`/auth/validate-otp/${challage}`, { oneTimePassword });
  expect(sealedProblemOf(answer)).toEqual({ status: 400, code: 'validation' });
  expect(answer.json<{ message: string }>().message).toContain(' oneTimePassword ');
});

describe('a one-time token', () => {
  it('works once', async () => {
    const owner = await anAccount(service);
    const token = await oneTimeToken(owner.email);
    expect((await reset(token, CHOSEN)).statusCode).toBe(200);
    expect(sealedProblemOf(await reset(token, 'another one'))).toEqual(INVALID_TICKET);
    expect((await logIn(service, { email: owner.email, password: CHOSEN })).statusCode).toBe(200);
  });

  it('is not spent by a password that is no good, whatever is wrong with it', async () => {
    const owner = await anAccount(service);
    const token = await oneTimeToken(owner.email);
    const used = await seal(service, 'long enough');
    const bodies: object[] = [
      await seal(service, 'short'),
      { ...used, keyID: 999_999 },
      { ...used, encryptedPassword: 'AAAA' },
      used,
    ];
    for (const body of bodies) {
      const answer = await service.post('/auth/reset-password', { oneTimeToken: token, ...body });
      expect(sealedProblemOf(answer)).toEqual(INVALID_PASSWORD);
    }
    const answer = await reset(token, 'long enough');
    expect([answer.statusCode, answer.body]).toEqual([200, 'null']);
  });

  it('lives ten minutes, and is no ticket of a mailed link', async () => {
    const owner = await anAccount(service);
    const token = await oneTimeToken(owner.email);
    const body = { ticket: token, new_password: CHOSEN };
    expect((await service.post('/auth/change-password/change', body)).statusCode).toBe(401);
    service.clock.advanceSeconds(600);
    expect(sealedProblemOf(await reset(token, CHOSEN))).toEqual(INVALID_TICKET);
  });

  it.each(['none', 'x'.repeat(256)])('that is none is 401, before anything is decrypted: %s', async (token) => {
    const answer = await service.post('/auth/reset-password', { oneTimeToken: token, encryptedPassword: '', keyID: 0 });
    expect(sealedProblemOf(answer)).toEqual(INVALID_TICKET);
  });
});

it('finishes a registration that waits, and its owner can undo what a thief of the mailbox did so', async () => {
  const waiting = aPerson();
  await register(service, waiting);
  expect((await reset(await oneTimeToken(waiting.email), CHOSEN)).statusCode).toBe(200);
  expect((await logIn(service, { email: waiting.email, password: CHOSEN })).statusCode).toBe(200);
  const owner = await anAccount(service);
  await service.mailsTo(owner.email);
  expect((await reset(await oneTimeToken(owner.email), 'what the thief chose')).statusCode).toBe(200);
  service.clock.advanceSeconds(60);
  await enableTotp(service, await signIn(service, { ...owner, password: 'what the thief chose' }));
  const [link = ''] = await undosIn(service, owner.email);
  expect((await undo(service, link, owner.password, CHOSEN)).statusCode).toBe(200);
  expect((await logIn(service, { email: owner.email, password: CHOSEN })).json()).toHaveProperty('jwt_token');
});
