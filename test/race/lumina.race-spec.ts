import {
  aNamedOwner,
  aNamedPerson,
  changePassword,
  luminaLogin,
  luminaRegister,
  luminaSignIn,
  recover,
  temporaryPassword,
} from '../support/lumina';
import { luminaProblemOf } from '../support/lumina-problem';
import { codeNow, freshCode, wrongCode } from '../support/second-factor';
import { from } from '../support/lockout-way-back';
import { atOnce, startTwoProcesses, tally, type TwoProcesses } from '../support/two-processes';

let service: TwoProcesses;
beforeAll(async () => {
  service = await startTwoProcesses({ TRUST_PROXY: '127.0.0.1' });
});
afterAll(() => service.close());

const statusesOf = (answers: readonly { statusCode: number }[]) => tally(answers.map(({ statusCode }) => statusCode));

it('of 20 registrations of one name at once one makes the account, with its own password and factor', async () => {
  const { username } = aNamedPerson();
  const passwordOf = (index: number) => `Password-${String(index)}`;
  const answers = await atOnce(20, (index) =>
    luminaRegister(service.next(), { username, password: passwordOf(index) }, { Use2fa: index % 2 === 0 }),
  );
  expect(statusesOf(answers)).toEqual({ 201: 1, 409: 19 });
  const winner = answers.findIndex(({ statusCode }) => statusCode === 201);
  const { Id } = answers[winner]!.json<{ Id: string }>();
  const login = await luminaLogin(service.next(), { username, password: passwordOf(winner) });
  if (winner % 2 === 0) expect(luminaProblemOf(login).code).toBe('mfa-required');
  else expect(login.json()).toMatchObject({ Id, UsesTotp: false });
  const [{ factors } = {}] = await service.both[0].database.dataSource.query<{ factors: number }[]>(
    'SELECT count(*)::int AS factors FROM users JOIN totp ON user_id = id WHERE username = $1',
    [username],
  );
  expect(factors).toBe(winner % 2 === 0 ? 1 : 0);
});

it('while an account is being made nobody gets in with the password alone', async () => {
  const person = aNamedPerson();
  const progress = { isMade: false };
  const made = luminaRegister(service.both[0], person).finally(() => {
    progress.isMade = true;
  });
  const seen: number[] = [];
  for (let tries = 0; tries < 3 || (!progress.isMade && tries < 200); tries += 1) {
    const headers = from(`203.0.113.${String(tries)}`);
    seen.push((await luminaLogin(service.both[1], person, undefined, headers)).statusCode);
  }
  expect((await made).statusCode).toBe(201);
  expect(seen).not.toContain(200);
});

it('of 100 wrong codes at once five are judged, in two processes, and sign-in takes a right one', async () => {
  const owner = await aNamedOwner(service.both[0]);
  const code = await wrongCode(service.both[0], owner.secret);
  expect(statusesOf(await atOnce(100, () => recover(service.next(), owner, code)))).toEqual({ 422: 5, 429: 95 });
  const right = await freshCode(service.both[0], owner.secret);
  expect((await recover(service.next(), owner, right)).statusCode).toBe(429);
  expect((await luminaLogin(service.next(), owner, right)).statusCode).toBe(200);
});

it('over all hours no more than twenty are judged until it is closed, however many come at once', async () => {
  const owner = await aNamedOwner(service.both[0]);
  let judged = 0;
  for (let hours = 0; hours < 6; hours += 1) {
    const code = await wrongCode(service.both[0], owner.secret);
    judged += statusesOf(await atOnce(20, () => recover(service.next(), owner, code)))['422'] ?? 0;
    service.both[0].clock.advanceSeconds(3600);
  }
  expect(judged).toBe(20);
});

it('one code is good for one recovery or one sign-in, of however many at once', async () => {
  const owner = await aNamedOwner(service.both[0]);
  const code = await codeNow(service.both[0], owner.secret);
  const answers = await atOnce(8, (index) =>
    index % 2 === 0 ? recover(service.next(), owner, code) : luminaLogin(service.next(), owner, code),
  );
  expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
});

it('one temporary password is good for one change, of 20 at once, and what that one chose counts', async () => {
  const owner = await aNamedOwner(service.both[0]);
  const password = await temporaryPassword(service.both[0], owner, await codeNow(service.both[0], owner.secret));
  const passwordOf = (index: number) => `Password-${String(index)}`;
  const answers = await atOnce(20, (index) =>
    changePassword(service.next(), { username: owner.username, password }, passwordOf(index)),
  );
  expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
  const winner = answers.findIndex(({ statusCode }) => statusCode === 200);
  const code = await freshCode(service.both[0], owner.secret);
  const { device } = { device: String(answers[winner]?.headers['x-device-token']) };
  const login = await luminaLogin(service.next(), { ...owner, password: passwordOf(winner) }, code, {
    'x-device-token': device,
  });
  expect(login.statusCode).toBe(200);
});

it('of a change by the old password and one by a temporary one at once, one counts, or each in its turn', async () => {
  for (let rounds = 0; rounds < 5; rounds += 1) {
    const owner = await aNamedOwner(service.both[0]);
    const { device } = await luminaSignIn(service.both[0], owner, await codeNow(service.both[0], owner.secret));
    const known = { 'x-device-token': device };
    const temporary = await temporaryPassword(service.both[0], owner, await freshCode(service.both[0], owner.secret));
    const [byOld, byTemporary] = await Promise.all([
      changePassword(service.both[0], owner, 'Old-chose-1', { headers: known }),
      changePassword(service.both[1], { ...owner, password: temporary }, 'Temp-chose-1', { headers: known }),
    ]);
    const statuses = [byOld.statusCode, byTemporary.statusCode];
    expect([
      [200, 403],
      [403, 200],
      // not at once after all: the old password’s change leaves the temporary one good, the other way round it does not
      [200, 200],
    ]).toContainEqual(statuses);
    const password = byTemporary.statusCode === 200 ? 'Temp-chose-1' : 'Old-chose-1';
    const login = await luminaLogin(service.next(), { ...owner, password }, undefined, known);
    expect(luminaProblemOf(login).code).toBe('mfa-required');
  }
});
