import type { Response } from 'light-my-request';
import { anAccount, bearer, logIn, resetTicket, signIn, tokensIn, type Person, type Tokens } from '../support/accounts';
import { eventually } from '../support/eventually';
import { atOnce, startTwoProcesses, tally, type TwoProcesses } from '../support/two-processes';

let service: TwoProcesses;
beforeAll(async () => {
  service = await startTwoProcesses();
});
afterAll(() => service.close());

const sessionsOf = async (email: string) => {
  const sql = 'SELECT sessions.id FROM sessions JOIN users ON users.id = user_id WHERE email = $1';
  return service.both[0].database.dataSource.query<{ id: string }[]>(sql, [email]);
};
const opened = (answers: readonly Response[]) =>
  answers.filter(({ statusCode }) => statusCode === 200).map((answer) => tokensIn(answer));

/** Neither token of a session is good in either process; access tokens within the second that the other may take. */
async function expectDead(sessions: readonly Tokens[]): Promise<void> {
  for (const process of service.both) {
    for (const tokens of sessions) {
      const refreshed = await process.post('/auth/token/refresh', { refresh_token: tokens.refresh });
      expect(refreshed.statusCode).toBe(401);
      await eventually(async () => {
        // a route that asks for nothing but the token: whether the account is there is another question
        expect((await process.get('/auth/sessions', bearer(tokens))).statusCode).toBe(401);
      }, 3_000);
    }
  }
}

it('32 sign-ins to one account at once are all 200, each with a session of its own', async () => {
  const person = await anAccount(service.both[0]);
  const answers = await atOnce(32, () => logIn(service.next(), person));
  expect(tally(answers.map(({ statusCode }) => statusCode))).toEqual({ 200: 32 });
  expect(await sessionsOf(person.email)).toHaveLength(32);
});

it.each([1, 2, 3, 4, 5])(
  'no session opened with the old password survives a reset in the middle (%i)',
  async (round) => {
    const [first] = service.both;
    const person = await anAccount(first);
    const ticket = await resetTicket(first, person);
    const reset = () =>
      service.next().post('/auth/change-password/change', { ticket, new_password: 'another password' });
    // not before the first has got somewhere, not after the last: the reset comes a little later each round
    const [changed, ...signIns] = await Promise.all([
      atOnce(round, () => service.next().get('/healthz')).then(reset),
      ...Array.from({ length: 12 }, () => logIn(service.next(), person)),
    ]);
    expect(changed.statusCode).toBe(204);
    expect(await sessionsOf(person.email)).toEqual([]);
    await expectDead(opened(signIns));
    expect((await logIn(first, person)).statusCode).toBe(401);
  },
);

it.each([1, 2, 3, 4, 5])('no session of a deleted account lives, whatever was under way (%i)', async (round) => {
  const [first] = service.both;
  const person: Person = await anAccount(first);
  const sessions = await Promise.all(Array.from({ length: 6 }, () => signIn(first, person)));
  const remove = () => service.next().post('/auth/delete', undefined, bearer(sessions[0]!));
  const [deleted, ...others] = await Promise.all([
    atOnce(round, () => service.next().get('/healthz')).then(remove),
    ...sessions.map(({ refresh }) => service.next().post('/auth/token/refresh', { refresh_token: refresh })),
    ...Array.from({ length: 6 }, () => logIn(service.next(), person)),
  ]);
  expect(deleted.statusCode).toBe(204);
  expect(tally(others.map(({ statusCode }) => statusCode))).not.toHaveProperty('500');
  const left = await first.database.dataSource.query<unknown[]>('SELECT id FROM users WHERE email = $1', [
    person.email,
  ]);
  expect(left).toEqual([]);
  await expectDead([...sessions, ...opened(others)]);
});
