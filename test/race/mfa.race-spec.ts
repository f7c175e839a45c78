import type { Response } from 'light-my-request';
import { anAccount, bearer, expectStatus, logIn, signIn, tokensIn } from '../support/accounts';
import { eventually } from '../support/eventually';
import {
  aSecuredAccount,
  freshCode,
  generate,
  replaceRecoveryCodes,
  ticketFor,
  wrongCode,
  type SecuredAccount,
} from '../support/second-factor';
import { atOnce, startTwoProcesses, tally, type TwoProcesses } from '../support/two-processes';

/** Eight of one account at each process: more are refused for their number. */
const AT_ONCE = 16;

let service: TwoProcesses;
beforeAll(async () => {
  service = await startTwoProcesses({ LOCKOUT_ATTEMPTS: '100' });
});
afterAll(() => service.close());

/** `200`, or the code of the refusal. */
const outcomes = (answers: readonly Response[]) =>
  tally(answers.map((answer) => answer.json<{ code?: string } | undefined>()?.code ?? answer.statusCode));
const statuses = (answers: readonly Response[]) => tally(answers.map(({ statusCode }) => statusCode));

async function tickets(count: number, { owner }: Pick<SecuredAccount, 'owner'>): Promise<string[]> {
  const found: string[] = [];
  for (let index = 0; index < count; index += 1) found.push(await ticketFor(service.both[0], owner));
  return found;
}

const finish = (ticket: string | undefined, code: string) => service.next().post('/auth/mfa/totp', { ticket, code });

async function countOf(sql: string, email: string): Promise<number> {
  const rows = await service.both[0].database.dataSource.query<{ count: number }[]>(sql, [email]);
  return rows[0]?.count ?? -1;
}

const OF_ACCOUNT = 'user_id = (SELECT id FROM users WHERE email = $1)';

it('of 50 sign-ins at once with one TOTP code and a ticket each, in two processes, one succeeds', async () => {
  const account = await aSecuredAccount(service.both[0]);
  const all = await tickets(50, account);
  const code = await freshCode(service.both[0], account.secret);
  expect(outcomes(await atOnce(50, (index) => finish(all[index], code)))).toEqual({ 200: 1, 'invalid-code': 49 });
});

it('of 50 sign-ins at once with one TOTP code inline, one succeeds', async () => {
  const { owner, secret } = await aSecuredAccount(service.both[0]);
  const body = { ...owner, totp_code: await freshCode(service.both[0], secret), cookie: false };
  const answers = await atOnce(50, () => service.next().post('/auth/login', body));
  expect(outcomes(answers)).toEqual({ 200: 1, 'invalid-code': 49 });
});

it('of 50 sign-ins at once with one recovery code and a ticket each, one succeeds', async () => {
  const account = await aSecuredAccount(service.both[0]);
  const [code = ''] = await replaceRecoveryCodes(service.both[0], account.tokens);
  const all = await tickets(50, account);
  expect(outcomes(await atOnce(50, (index) => finish(all[index], code)))).toEqual({ 200: 1, 'invalid-code': 49 });
});

it('of 50 uses of one ticket with its right code at once, one succeeds', async () => {
  const account = await aSecuredAccount(service.both[0]);
  const [ticket] = await tickets(1, account);
  const code = await freshCode(service.both[0], account.secret);
  expect(statuses(await atOnce(50, () => finish(ticket, code)))).toEqual({ 200: 1, 401: 49 });
});

it('of ten right recovery codes with one ticket at once, one is spent', async () => {
  const account = await aSecuredAccount(service.both[0]);
  const codes = await replaceRecoveryCodes(service.both[0], account.tokens);
  const [ticket] = await tickets(1, account);
  const answers = await atOnce(10, (index) => finish(ticket, codes[index] ?? ''));
  expect(outcomes(answers)).toEqual({ 200: 1, 'invalid-ticket': 9 });
  const left = `SELECT count(*)::int AS count FROM recovery_codes WHERE ${OF_ACCOUNT}`;
  expect(await countOf(left, account.owner.email)).toBe(9);
});

it('of 50 wrong codes with one ticket at once, exactly 5 are judged', async () => {
  const account = await aSecuredAccount(service.both[0]);
  const [ticket] = await tickets(1, account);
  const wrong = await wrongCode(service.both[0], account.secret);
  const answers = await atOnce(50, () => finish(ticket, wrong));
  expect(outcomes(answers)).toEqual({ 'invalid-code': 5, 'invalid-ticket': 45 });
  const judged = `SELECT count(*)::int AS count FROM audit_events WHERE event = 'second-factor-failed' AND ${OF_ACCOUNT}`;
  expect(await countOf(judged, account.owner.email)).toBe(5);
  const late = await finish(ticket, await freshCode(service.both[0], account.secret));
  expect(outcomes([late])).toEqual({ 'invalid-ticket': 1 });
});

it('of 16 enablings with one code at once, one succeeds, and the owner is told once', async () => {
  const [first] = service.both;
  const owner = await anAccount(first);
  const tokens = await signIn(first, owner);
  const code = await freshCode(first, await generate(first, tokens));
  const answers = await atOnce(AT_ONCE, () => service.next().post('/auth/mfa/enable', { code }, bearer(tokens)));
  expect(statuses(answers)).toEqual({ 204: 1, 409: AT_ONCE - 1 });
  const mails = await first.mailsTo(owner.email);
  expect(mails.filter(({ subject }) => subject.includes('second factor was added'))).toHaveLength(1);
});

it('of 16 generatings at once the last one counts, whichever that was', async () => {
  const [first] = service.both;
  const tokens = await signIn(first, await anAccount(first));
  const secrets = await atOnce(AT_ONCE, () => generate(service.next(), tokens));
  expect(new Set(secrets).size).toBe(AT_ONCE);
  first.clock.advanceSeconds(30);
  const answers: Response[] = [];
  for (const secret of secrets) {
    const code = await freshCode(first, secret);
    answers.push(await service.next().post('/auth/mfa/enable', { code }, bearer(tokens)));
    if (answers.at(-1)?.statusCode === 204) break;
  }
  expect(answers.at(-1)?.statusCode).toBe(204);
});

it.each([1, 2, 3, 4])('no session opened by the password alone outlives the enabling of a factor (%i)', async () => {
  const [first] = service.both;
  const owner = await anAccount(first);
  const tokens = await signIn(first, owner);
  const code = await freshCode(first, await generate(first, tokens));
  const begun = Array.from({ length: 12 }, async () => await logIn(service.next(), owner));
  // as soon as one of them is through, while the others are under way
  await Promise.race(begun);
  expectStatus(await service.next().post('/auth/mfa/enable', { code }, bearer(tokens)), 204);
  const signIns = await Promise.all(begun);
  expect(statuses(signIns)).toEqual({ 200: 12 });
  const opened = signIns.filter((answer) => !('mfa' in answer.json<object>())).map(tokensIn);
  expect(opened).not.toEqual([]);
  for (const session of opened) {
    const refreshed = await service.next().post('/auth/token/refresh', { refresh_token: session.refresh });
    expect(refreshed.statusCode).toBe(401);
    await eventually(async () => {
      for (const process of service.both) expect((await process.get('/user/me', bearer(session))).statusCode).toBe(401);
    }, 3_000);
  }
  const left = `SELECT count(*)::int AS count FROM sessions WHERE ${OF_ACCOUNT}`;
  expect(await countOf(left, owner.email)).toBe(1);
});

it.each([1, 2, 3, 4])('one code either takes the factor away or signs in, never both (%i)', async (round) => {
  const [first] = service.both;
  const account = await aSecuredAccount(first);
  const { owner, secret, tokens } = account;
  const [ticket] = await tickets(1, account);
  const code = await freshCode(first, secret);
  const [disabled, ...signIns] = await Promise.all([
    atOnce(round, () => service.next().get('/healthz')).then(() =>
      service.next().post('/auth/mfa/disable', { code }, bearer(tokens)),
    ),
    finish(ticket, code),
    ...Array.from({ length: 8 }, () =>
      service.next().post('/auth/login', { ...owner, totp_code: code, cookie: false }),
    ),
  ]);
  const withFactor = signIns
    .filter(({ statusCode }) => statusCode === 200)
    .filter((answer) => JSON.stringify(claimsOf(answer)).includes('otp'));
  for (const answer of signIns) expect([200, 401]).toContain(answer.statusCode);
  expect([disabled.statusCode, withFactor.length]).toEqual(disabled.statusCode === 204 ? [204, 0] : [401, 1]);
});

function claimsOf(answer: Response): unknown {
  const [, payload = ''] = tokensIn(answer).access.split('.');
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { amr: string[] }).amr;
}
