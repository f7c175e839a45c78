import { problemOf } from '../support/problem';
import { aSecuredAccount, freshCode, ticketFor, wrongCode } from '../support/second-factor';
import { atOnce, startTwoProcesses, tally, type TwoProcesses } from '../support/two-processes';

const GUESSES = 100;
const ATTEMPTS = 10;
const JUDGED = '401 invalid-code';
const LOCKED = '429 locked';

let service: TwoProcesses;
beforeAll(async () => {
  service = await startTwoProcesses({ LOCKOUT_ATTEMPTS: String(ATTEMPTS) });
});
afterAll(() => service.close());

/** Guesses at once in both processes, of somebody with the password: how often each answer came. */
async function outcomes(guess: (index: number) => ReturnType<TwoProcesses['both'][0]['post']>) {
  const answers = await atOnce(GUESSES, guess);
  const problems = answers.map(problemOf);
  expect(
    answers.every(({ headers }, index) => (headers['retry-after'] !== undefined) === (problems[index]!.status === 429)),
  ).toBe(true);
  return tally(problems.map(({ status, code }) => `${String(status)} ${code}`));
}

describe(`${String(GUESSES)} wrong codes at once, in two processes`, () => {
  it('brought along by sign-ins are judged up to the limit, and a known device goes on', async () => {
    const [first] = service.both;
    const { owner, secret, tokens } = await aSecuredAccount(first);
    const login = { email: owner.email, password: owner.password, totp_code: await wrongCode(first, secret) };
    const judged = await outcomes(() => service.next().post('/auth/login', login));
    expect(judged).toEqual({ [JUDGED]: ATTEMPTS, [LOCKED]: GUESSES - ATTEMPTS });
    const right = { ...login, totp_code: await freshCode(first, secret) };
    expect(problemOf(await first.post('/auth/login', right)).code).toBe('locked');
    const known = { 'x-device-token': tokens.device };
    expect((await service.next().post('/auth/login', right, known)).statusCode).toBe(200);
  });

  it('each with a ticket of its own are judged up to the limit', async () => {
    const [first] = service.both;
    const { owner, secret } = await aSecuredAccount(first);
    const code = await wrongCode(first, secret);
    const tickets: string[] = [];
    for (let index = 0; index < GUESSES; index += 1) tickets.push(await ticketFor(first, owner));
    const judged = await outcomes((index) => service.next().post('/auth/mfa/totp', { ticket: tickets[index], code }));
    expect(judged).toEqual({ [JUDGED]: ATTEMPTS, [LOCKED]: GUESSES - ATTEMPTS });
  });

  it('from the known device close that device, and strangers are judged apart', async () => {
    const [first] = service.both;
    const { owner, secret, tokens } = await aSecuredAccount(first);
    const login = { email: owner.email, password: owner.password, totp_code: await wrongCode(first, secret) };
    const known = { 'x-device-token': tokens.device };
    for (const headers of [known, {}]) {
      const judged = await outcomes(() => service.next().post('/auth/login', login, headers));
      expect(judged).toEqual({ [JUDGED]: ATTEMPTS, [LOCKED]: GUESSES - ATTEMPTS });
    }
  });
});
