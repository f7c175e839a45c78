import { aPerson, newestTicket, register, signIn, expectStatus } from '../support/accounts';
import { Enroller, stepsInEveryOrder, type StepOf } from '../support/enrolment-story';
import { atOnce, startTwoProcesses, tally, type TwoProcesses } from '../support/two-processes';
import { anIdentifier, aVaultPerson, enrol, enrolAndProve, mailedCode, patch, vaultLogin } from '../support/vault';

let service: TwoProcesses;
beforeAll(async () => {
  service = await startTwoProcesses();
});
afterAll(() => service.close());

interface Account {
  readonly email: string;
  readonly username: string | null;
}

const accounts = (column: 'email_canonical' | 'username_canonical', value: string): Promise<Account[]> =>
  service.both[0].database.dataSource.query(`SELECT email, username FROM users WHERE ${column} = $1`, [value]);

const statusesOf = (answers: readonly { statusCode: number }[]) => tally(answers.map(({ statusCode }) => statusCode));

/** Takes the steps in turns of the processes. Returns the two and who proved first. */
async function goThrough(order: readonly StepOf[], wants: 'one address' | 'one username') {
  const [mailbox] = service.both;
  const first = aVaultPerson();
  const second = aVaultPerson(wants === 'one address' ? { email: first.email } : { username: first.username });
  const both = [new Enroller(first, 'verifier of A', mailbox), new Enroller(second, 'verifier of B', mailbox)] as const;
  for (const { who, step } of order) await both[who].take(step, service.next());
  const winner = order.find(({ step }) => step === 'proves')?.who ?? 0;
  return { winner: both[winner], loser: both[winner === 0 ? 1 : 0] };
}

const tell = (order: readonly StepOf[]) => order.map(({ who, step }) => `${'AB'[who] ?? ''} ${step}`).join(', ');
const orders = stepsInEveryOrder().map((order) => [tell(order), order] as const);

it('two have twenty ways to take three steps each', () => {
  expect(new Set(orders.map(([what]) => what)).size).toBe(20);
});

describe('two enrolments of one address end with the one who proved it first', () => {
  it.each(orders)('%s', async (_order, order) => {
    const { winner, loser } = await goThrough(order, 'one address');
    expect(winner.statuses).toEqual({ begins: 200, proves: 200, finishes: 200 });
    expect(loser.statuses).toEqual({ begins: 200, proves: 401, finishes: 403 });
    const { email, username } = winner.person;
    expect(await accounts('email_canonical', email)).toEqual([{ email, username }]);
    expect([await winner.canSignIn(service.next()), await loser.canSignIn(service.next())]).toEqual([true, false]);
  });
});

describe('two enrolments of one username end with the one who proved his address first', () => {
  it.each(orders)('%s', async (_order, order) => {
    const { winner, loser } = await goThrough(order, 'one username');
    expect(winner.statuses).toEqual({ begins: 200, proves: 200, finishes: 200 });
    // who comes when the account is there is told at once
    const isLate = order.slice(3).every(({ who }) => who === order[3]?.who);
    expect(loser.statuses).toEqual(
      isLate ? { begins: 409, proves: 401, finishes: 401 } : { begins: 200, proves: 200, finishes: 409 },
    );
    const { email, username } = winner.person;
    expect(await accounts('username_canonical', username)).toEqual([{ email, username }]);
    expect(await accounts('email_canonical', loser.person.email)).toEqual([]);
    expect([await winner.canSignIn(service.next()), await loser.canSignIn(service.next())]).toEqual([true, false]);
  });
});

it('of 50 requests with one code at once, in two processes, one proves', async () => {
  const person = aVaultPerson();
  const cookies = await enrol(service.both[0], person);
  const otpCode = await mailedCode(service.both[0], person);
  const answers = await atOnce(50, () => patch(service.next(), '/api/auth/verif/otp', { otpCode }, cookies));
  const { 200: proved, ...others } = statusesOf(answers);
  expect(proved).toBe(1);
  // past so many that were judged at once the rest is told to wait
  expect(Object.keys(others).every((status) => status === '401' || status === '429')).toBe(true);
});

it('of 20 last steps at once one makes the account, and its verifier is the one', async () => {
  const person = aVaultPerson();
  const cookies = await enrolAndProve(service.both[0], person);
  const answers = await atOnce(20, (index) =>
    patch(
      service.next(),
      '/api/auth/verif/identifier',
      anIdentifier({ authVerifier: `verifier ${String(index)}` }),
      cookies,
    ),
  );
  expect(statusesOf(answers)).toEqual({ 200: 1, 403: 19 });
  const winner = answers.findIndex(({ statusCode }) => statusCode === 200);
  expect((await vaultLogin(service.next(), person, `verifier ${String(winner)}`)).statusCode).toBe(200);
});

it('of 6 enrolments of one username, proved and finished at once, one gets an account', async () => {
  const [first] = service.both;
  const people = Array.from({ length: 6 }, () => aVaultPerson({ username: 'popular-vault' }));
  const begun: { cookies: Record<string, string>; otpCode: string }[] = [];
  for (const person of people) {
    begun.push({ cookies: await enrol(first, person), otpCode: await mailedCode(first, person) });
  }
  const answers = await Promise.all(
    begun.map(async ({ cookies, otpCode }) => {
      expectStatus(await patch(service.next(), '/api/auth/verif/otp', { otpCode }, cookies), 200);
      return patch(service.next(), '/api/auth/verif/identifier', anIdentifier(), cookies);
    }),
  );
  const winners = answers.filter(({ statusCode }) => statusCode === 200).length;
  expect(statusesOf(answers)).toEqual({ 200: winners, 409: 6 - winners });
  expect(winners).toBe(1);
  expect(await accounts('username_canonical', 'popular-vault')).toHaveLength(1);
});

it('of 4 enrolments of one address, proved and finished at once, one becomes the account', async () => {
  const [first] = service.both;
  for (let round = 0; round < 5; round += 1) {
    const { email } = aVaultPerson();
    const begun: { cookies: Record<string, string>; otpCode: string }[] = [];
    for (let index = 0; index < 4; index += 1) {
      const person = aVaultPerson({ email });
      begun.push({ cookies: await enrol(first, person), otpCode: await mailedCode(first, person) });
      service.both[0].clock.advanceSeconds(1); // so that the newest mail is the newest
    }
    const proofs = await Promise.all(
      begun.map(({ cookies, otpCode }) => patch(service.next(), '/api/auth/verif/otp', { otpCode }, cookies)),
    );
    expect(statusesOf(proofs)).toEqual({ 200: 1, 401: 3 });
    const ends = await Promise.all(
      begun.map(({ cookies }) => patch(service.next(), '/api/auth/verif/identifier', anIdentifier(), cookies)),
    );
    expect(statusesOf(ends)).toEqual({ 200: 1, 403: 3 });
    expect(await accounts('email_canonical', email)).toHaveLength(1);
  }
});

it('an enrolment and a native registration of one address, ended at once, make one account', async () => {
  const [first] = service.both;
  for (let round = 0; round < 5; round += 1) {
    const person = aVaultPerson();
    const cookies = await enrol(first, person);
    const otpCode = await mailedCode(first, person);
    service.both[0].clock.advanceSeconds(1);
    const native = aPerson({ email: person.email });
    await register(first, native);
    const ticket = await newestTicket(first, person, 'activate');
    const enrolled = async () => {
      await patch(service.next(), '/api/auth/verif/otp', { otpCode }, cookies);
      return patch(service.next(), '/api/auth/verif/identifier', anIdentifier(), cookies);
    };
    const [vault, activated] = await Promise.all([enrolled(), service.next().post('/auth/activate', { ticket })]);
    expect([
      [200, 401],
      [403, 204],
    ]).toContainEqual([vault.statusCode, activated.statusCode]);
    expect(await accounts('email_canonical', person.email)).toHaveLength(1);
    const isVault = (await vaultLogin(first, person, anIdentifier().authVerifier)).statusCode === 200;
    expect(isVault).toBe(vault.statusCode === 200);
    if (!isVault) await signIn(first, native);
  }
});
