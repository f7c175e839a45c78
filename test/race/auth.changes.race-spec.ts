import type { Response } from 'light-my-request';
import { aPerson, anAccount, bearer, expectStatus, logIn, resetTicket, signIn } from '../support/accounts';
import { enableTotp } from '../support/second-factor';
import { changeEmail, emailTicket, reset, undo, undosIn } from '../support/takeover';
import { startTestApp, type TestApp } from '../support/test-app';
import { anIdentifier, aVault, cookiesOf, undoInApp, vaultLogin } from '../support/vault';
import { atOnce, startTwoProcesses, tally, type TwoProcesses } from '../support/two-processes';

let service: TwoProcesses;
let automatic: TestApp;
beforeAll(async () => {
  service = await startTwoProcesses();
  const [{ database, clock, dataDir }] = service.both;
  automatic = await startTestApp({ database, clock, dataDir, environment: { AUTO_ACTIVATE: 'true' } });
});
afterAll(async () => {
  await automatic.close();
  await service.close();
});

const ROUNDS = [1, 2, 3, 4, 5];
const CHOSEN = 'what the owner chose then';
const statuses = (answers: readonly Response[]) => tally(answers.map(({ statusCode }) => statusCode));
const spend = (ticket: string) => service.next().post('/auth/change-email/change', { ticket });

async function holdersOf(email: string): Promise<string[]> {
  const sql = 'SELECT username FROM users WHERE email_canonical = $1';
  const rows = await service.both[0].database.dataSource.query<{ username: string }[]>(sql, [email]);
  return rows.map(({ username }) => username);
}

it('of 50 changes of address with one ticket at once, in two processes, one succeeds', async () => {
  const [first] = service.both;
  const [owner, { email: next }] = [await anAccount(first), aPerson()];
  const ticket = await emailTicket(first, await signIn(first, owner), next);
  expect(statuses(await atOnce(50, () => spend(ticket)))).toEqual({ 204: 1, 401: 49 });
  const told = (await first.mailsTo(owner.email)).filter(({ subject }) => subject.includes('was changed'));
  expect(told).toHaveLength(1);
});

it.each(ROUNDS)('of two accounts that move to one address at once, one gets it (%i)', async (round) => {
  const [first] = service.both;
  const { email: wanted } = aPerson();
  const tickets: string[] = [];
  const people = [`left${String(round)}`, `right${String(round)}`];
  for (const username of people) {
    tickets.push(await emailTicket(first, await signIn(first, await anAccount(first, { username })), wanted));
  }
  const answers = await Promise.all(tickets.map(spend));
  expect(statuses(answers)).toEqual({ 204: 1, 401: 1 });
  expect(await holdersOf(wanted)).toEqual([people[answers.findIndex(({ statusCode }) => statusCode === 204)]]);
});

it.each(ROUNDS)(
  'who proves an address gets it, however often it is registered unproved meanwhile (%i)',
  async (round) => {
    const [first] = service.both;
    const { email: wanted, password } = aPerson();
    const username = `prover${String(round)}`;
    const ticket = await emailTicket(first, await signIn(first, await anAccount(first, { username })), wanted);
    const [moved, ...registered] = await Promise.all([
      atOnce(round, () => service.next().get('/healthz')).then(() => spend(ticket)),
      ...Array.from({ length: 12 }, () => automatic.post('/auth/register', { email: wanted, password })),
    ]);
    expectStatus(moved, 204);
    for (const answer of registered) expect([204, 409]).toContain(answer.statusCode);
    expect(await holdersOf(wanted)).toEqual([username]);
  },
);

it('of 20 undos of a vault’s change at once, in the app and on the page, one succeeds', async () => {
  const [first] = service.both;
  const { person, identifier, cookies } = await aVault(first);
  await reset(first, person.email, person.password);
  const signedIn = cookiesOf(expectStatus(await vaultLogin(first, person, identifier.authVerifier), 200));
  await enableTotp(first, { access: signedIn['sv_at'] ?? cookies['sv_at'] ?? '' });
  const link = (await undosIn(first, person.email)).at(-1) ?? '';
  const verifierOf = (index: number) => `verifier ${String(index)}`;
  const answers = await atOnce(20, (index) =>
    index % 2 === 0
      ? undo(service.next(), link, person.password, `new password ${String(index)}`)
      : undoInApp(service.next(), link, identifier.authVerifier, anIdentifier({ authVerifier: verifierOf(index) })),
  );
  const winner = answers.findIndex(({ statusCode }) => statusCode === 200);
  expect(answers.filter(({ statusCode }) => statusCode !== 200)).toHaveLength(19);
  const verifier = winner % 2 === 0 ? identifier.authVerifier : verifierOf(winner);
  expectStatus(await vaultLogin(first, person, verifier), 200);
  const password = winner % 2 === 0 ? `new password ${String(winner)}` : person.password;
  expect((await logIn(first, { email: person.email, password })).statusCode).toBe(winner % 2 === 0 ? 200 : 401);
});

it('of 20 undos with one link at once, one succeeds, and its password is the one', async () => {
  const [first] = service.both;
  const owner = await anAccount(first);
  await enableTotp(first, await signIn(first, owner));
  const [link = ''] = await undosIn(first, owner.email);
  const answers = await atOnce(20, (index) =>
    undo(service.next(), link, owner.password, `new password ${String(index)}`),
  );
  expect(statuses(answers)).toEqual({ 200: 1, 400: 19 });
  const winner = answers.findIndex(({ statusCode }) => statusCode === 200);
  await signIn(first, { ...owner, password: `new password ${String(winner)}` });
});

it.each(ROUNDS)('an undo wins over a change of address at the same time (%i)', async (round) => {
  const [first] = service.both;
  const owner = await anAccount(first);
  const thief = await signIn(first, owner);
  await enableTotp(first, thief);
  const [link = ''] = await undosIn(first, owner.email);
  const tickets = [];
  for (let index = 0; index < 3; index += 1) tickets.push(await emailTicket(first, thief, aPerson().email));
  const [undone, ...moved] = await Promise.all([
    atOnce(round, () => service.next().get('/healthz')).then(() => undo(service.next(), link, owner.password, CHOSEN)),
    ...tickets.map(spend),
  ]);
  expectStatus(undone, 200);
  for (const answer of moved) expect([204, 401]).toContain(answer.statusCode);
  await signIn(first, { ...owner, password: CHOSEN });
  expectStatus(await first.post('/auth/token/refresh', { refresh_token: thief.refresh }), 401);
  for (const ticket of tickets) expect((await spend(ticket)).statusCode).toBe(401);
});

it.each(ROUNDS)('of the undos of two changes at once the earlier one wins (%i)', async () => {
  const [first] = service.both;
  const owner = await anAccount(first);
  const thief = await signIn(first, owner);
  const { email: stolen } = aPerson();
  await changeEmail(first, thief, stolen);
  first.clock.advanceSeconds(1);
  await reset(first, stolen, 'what the thief chose');
  const [[earlier = ''], [later = '']] = [await undosIn(first, owner.email), await undosIn(first, stolen)];
  const [won] = await Promise.all([
    undo(service.next(), earlier, owner.password, CHOSEN),
    undo(service.next(), later, owner.password, 'what the thief chose next'),
  ]);
  expectStatus(won, 200);
  await signIn(first, { ...owner, password: CHOSEN });
  const theirs = await logIn(first, { email: stolen, password: 'what the thief chose next' });
  expect(theirs.statusCode).toBe(401);
});

it.each(ROUNDS)('of a reset and a change by the old password at once one password opens (%i)', async () => {
  const [first] = service.both;
  const owner = await anAccount(first);
  const tokens = await signIn(first, owner);
  const ticket = await resetTicket(first, owner);
  const change = (body: object, headers = {}) => service.next().post('/auth/change-password/change', body, headers);
  const answers = await Promise.all([
    change({ old_password: owner.password, new_password: 'by the old one' }, bearer(tokens)),
    change({ ticket, new_password: 'by the mailed link' }),
  ]);
  // whichever comes second finds the ticket void, or the old password or the session gone
  expect(statuses(answers)).toEqual({ 204: 1, 401: 1 });
  const opens = ['by the old one', 'by the mailed link'].map((password) => logIn(first, { ...owner, password }));
  expect((await Promise.all(opens)).map(({ statusCode }) => statusCode)).toEqual(
    answers.map(({ statusCode }) => (statusCode === 204 ? 200 : 401)),
  );
});
