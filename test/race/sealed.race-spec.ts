import { anAccount, logIn } from '../support/accounts';
import { full } from '../support/full';
import {
  aSealedPerson,
  forgetPassword,
  seal,
  sealedLogin,
  sealedProblemOf,
  sealedRegister,
  sealingKey,
  validateOtp,
} from '../support/sealed';
import { atOnce, startTwoProcesses, tally, type TwoProcesses } from '../support/two-processes';

const MANY = full(20, 50);
const ROUNDS = full(3, 20);

let service: TwoProcesses;
beforeAll(async () => {
  service = await startTwoProcesses({ LOCKOUT_ATTEMPTS: '100' });
});
afterAll(() => service.close());

const statuses = (answers: readonly { statusCode: number }[]) => tally(answers.map(({ statusCode }) => statusCode));
const rows = <Row>(sql: string, parameters: unknown[] = []) =>
  service.both[0].database.dataSource.query<Row[]>(sql, parameters);
const accounts = (column: 'email_canonical' | 'username_canonical', value: string) =>
  rows<{ id: string; username: string }>(`SELECT id, username FROM users WHERE ${column} = $1`, [value]);

describe('registrations at once', () => {
  it('of one address make one account, whose caller is signed in; all others are told', async () => {
    const [first] = service.both;
    const { email } = aSealedPerson();
    const people = Array.from({ length: MANY }, (_, index) =>
      aSealedPerson({ email, password: `password ${String(index)}` }),
    );
    const answers = await Promise.all(people.map((person) => sealedRegister(service.next(), person)));
    expect(statuses(answers)).toEqual({ 201: 1, 409: MANY - 1 });
    const [made, ...others] = await accounts('email_canonical', email);
    expect(others).toEqual([]);
    const winner = people[answers.findIndex(({ statusCode }) => statusCode === 201)];
    expect(made?.username).toBe(winner?.username);
    expect((await logIn(first, { email, password: winner?.password ?? '' })).statusCode).toBe(200);
    expect(await rows('SELECT 1 FROM sessions WHERE user_id = $1', [made?.id])).toHaveLength(2);
  });

  it('of one username make one account, and all others are told', async () => {
    const { username } = aSealedPerson();
    const answers = await atOnce(MANY, (index) =>
      sealedRegister(service.next(), aSealedPerson({ username: index % 2 ? username : username.toUpperCase() })),
    );
    expect(statuses(answers)).toEqual({ 201: 1, 409: MANY - 1 });
    expect(await accounts('username_canonical', username)).toHaveLength(1);
  });

  it('of crossed names never both succeed, and who loses may send the same ciphertext again', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [one, two] = [aSealedPerson(), aSealedPerson()];
      const crossed = { ...two, email: one.email };
      const sealed = await Promise.all([one, crossed].map(({ password }) => seal(service.next(), password)));
      const bodies = [one, crossed].map(({ email, username }, index) => ({ email, username, ...sealed[index] }));
      const answers = await Promise.all(bodies.map((body) => service.next().post('/auth/register', body)));
      expect(statuses(answers)).toEqual({ 201: 1, 409: 1 });
      const loser = bodies[answers.findIndex(({ statusCode }) => statusCode === 409)];
      const free = aSealedPerson();
      const again = { ...loser, email: free.email, username: free.username };
      expect((await service.next().post('/auth/register', again)).statusCode).toBe(201);
    }
  });

  it('with one ciphertext make one account', async () => {
    const sealed = await seal(service.next(), 'one password for all');
    const answers = await atOnce(MANY, () => {
      const { email, username } = aSealedPerson();
      return service.next().post('/auth/register', { email, username, ...sealed });
    });
    expect(statuses(answers)).toEqual({ 201: 1, 400: MANY - 1 });
  });
});

async function aNamedAccount() {
  const { username } = aSealedPerson();
  return { ...(await anAccount(service.both[0], { username })), username };
}

describe('one ciphertext', () => {
  it('in twenty sign-ins at once, in two processes, signs in once', async () => {
    const { username, password } = await aNamedAccount();
    const body = { username, ...(await seal(service.next(), password)) };
    const answers = await atOnce(20, () => service.next().post('/auth/login', body));
    expect(statuses(answers)).toEqual({ 200: 1, 401: 19 });
  });

  it('that is wrong is judged once: one failure is counted', async () => {
    const { username } = await aNamedAccount();
    const body = { username, ...(await seal(service.next(), 'not the password')) };
    const since = (await rows<{ id: string }>('SELECT COALESCE(max(id), 0) AS id FROM audit_events'))[0]?.id;
    const answers = await atOnce(20, () => service.next().post('/auth/login', body));
    expect(statuses(answers)).toEqual({ 401: 20 });
    const failures = await rows(`SELECT 1 FROM audit_events WHERE id > $1 AND event = 'sign-in-failed'`, [since]);
    expect(failures).toHaveLength(1);
  });
});

it('keys are one for all who ask at once, in both processes', async () => {
  service.both[0].clock.advanceSeconds(10);
  const keys = await atOnce(MANY, () => sealingKey(service.next()));
  expect(new Set(keys.map(({ id }) => id)).size).toBe(1);
});

it('of one mailed code at once, one is exchanged', async () => {
  const [first] = service.both;
  const owner = await aNamedAccount();
  const { challage, code } = await forgetPassword(first, owner);
  const answers = await atOnce(MANY, () => validateOtp(service.next(), challage, code ?? ''));
  expect(statuses(answers)).toMatchObject({ 200: 1 });
  for (const answer of answers.filter(({ statusCode }) => statusCode !== 200)) {
    expect(['invalid-code', 'too-many-requests', 'locked']).toContain(sealedProblemOf(answer).code);
  }
});

it('of one one-time token at once, one sets the password; the others’ are set nowhere', async () => {
  const [first] = service.both;
  const owner = await aNamedAccount();
  const { challage, code } = await forgetPassword(first, owner);
  const { uuid: oneTimeToken } = (await validateOtp(first, challage, code ?? '')).json<{ uuid: string }>();
  const passwords = Array.from({ length: MANY }, (_, index) => `password no. ${String(index)}`);
  const answers = await Promise.all(
    passwords.map(async (password) =>
      service.next().post('/auth/reset-password', { oneTimeToken, ...(await seal(first, password)) }),
    ),
  );
  expect(statuses(answers)).toEqual({ 200: 1, 401: MANY - 1 });
  const winner = passwords[answers.findIndex(({ statusCode }) => statusCode === 200)] ?? '';
  expect((await sealedLogin(first, { ...owner, password: winner })).statusCode).toBe(200);
});
