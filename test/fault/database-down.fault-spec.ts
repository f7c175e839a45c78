import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { statement } from '../../src/database/database.service';
import { bearer, createAccount, expectStatus, PASSWORD, signIn, type Tokens } from '../support/account-client';
import { eventually } from '../support/eventually';
import { full } from '../support/full';
import { register } from '../support/registrations';
import { ServiceProcess } from '../support/service-process';
import { TcpProxy } from '../support/tcp-proxy';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const OWNER = 'owner@example.org';
const IN_FLIGHT = full(60, 150);
/** The service gives up connecting after 5 s; the rest is for the machine. */
const LONGEST_ANSWER_MS = 9_000;
/** The answer to a statement on a connection that has fallen silent is waited for, for 17 s. */
const LONGEST_SILENCE_MS = 25_000;

const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-database-'));
let database: TestDatabase;
let proxy: TcpProxy;
let service: ServiceProcess;
let tokens: Tokens;
let challage: string;

beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await TcpProxy.to(database.url);
  service = await ServiceProcess.start({ dataDir, environment: { DATABASE_URL: proxy.url, LOCKOUT_ATTEMPTS: '100' } });
  await createAccount(service, OWNER);
  tokens = await signIn(service, OWNER);
  const asked = await expectStatus(service.post('/auth/forget-password', { email: OWNER }), 200);
  ({ challage } = (await asked.json()) as { challage: string });
});

afterAll(async () => {
  await proxy.mend();
  await service.stop();
  await proxy.cut();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const SEALED = { keyID: 1, encryptedPassword: Buffer.alloc(256, 1).toString('base64') };

/** One request to every kind of route that needs the database. */
function everyRoute(): [string, () => Promise<Response>][] {
  const login = { email: OWNER, password: PASSWORD };
  const posts: [string, unknown, Record<string, string>?][] = [
    ['/auth/register', { email: 'new@example.org', password: PASSWORD }],
    ['/auth/activate', { ticket: 'none' }],
    ['/auth/activate/request', { email: OWNER }],
    ['/auth/change-password/request', { email: OWNER }],
    ['/auth/change-password/change', { ticket: 'none', new_password: PASSWORD }],
    ['/auth/login', login],
    ['/auth/login', { ...login, email: 'nobody@example.org' }],
    ['/auth/token/refresh', { refresh_token: tokens.refresh }],
    ['/auth/reauthenticate', { password: PASSWORD }, bearer(tokens)],
    ['/auth/token/revoke', {}, bearer(tokens)],
    ['/auth/register', { username: 'owner', email: 'new@example.org', ...SEALED }],
    ['/auth/login', { username: 'owner', ...SEALED }],
    ['/auth/forget-password', { email: OWNER }],
    [`/auth/validate-otp/${challage}`, { oneTimePassword: '123456' }],
    ['/auth/reset-password', { oneTimeToken: 'none', ...SEALED }],
  ];
  return [
    ...posts.map(([path, body, headers]): [string, () => Promise<Response>] => [
      path,
      () => service.post(path, body, headers),
    ]),
    ['/user/me', () => service.get('/user/me', bearer(tokens))],
    ['/auth/sessions', () => service.get('/auth/sessions', bearer(tokens))],
    ['/auth/key', () => service.get('/auth/key')],
    ['/auth/refresh-token', () => service.get('/auth/refresh-token', { 'refresh-token': tokens.refresh })],
  ];
}

async function expectUnavailable(answer: Response): Promise<void> {
  await expectStatus(Promise.resolve(answer), 503);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  const body = await answer.text();
  const expected = answer.headers.get('content-type')?.includes('problem')
    ? { status: 503, code: 'unavailable', title: 'Unavailable' }
    : { statusCode: 503, code: 'unavailable', error: 'Service Unavailable' };
  expect(JSON.parse(body)).toMatchObject(expected);
  expect(body).not.toMatch(/ECONN|127\.0\.0\.1|postgres|select|timeout|at .*\.js/i);
}

async function expectAllUnavailable(longestMs: number): Promise<void> {
  const startedAt = performance.now();
  const late: string[] = [];
  await Promise.all(
    everyRoute().map(async ([path, ask]) => {
      await expectUnavailable(await ask());
      const milliseconds = performance.now() - startedAt;
      if (milliseconds > longestMs) late.push(`${path} after ${Math.round(milliseconds)} ms`);
    }),
  );
  expect(late).toEqual([]);
}

async function expectBack(): Promise<void> {
  await eventually(() => expectStatus(service.get('/user/me', bearer(tokens)), 200));
  await eventually(() => expectStatus(service.get('/readyz'), 200));
  await signIn(service, OWNER);
  expect(service.hasEnded).toBe(false);
}

describe('while the database', () => {
  it('refuses connections, every route that needs it says so at once, and it is used again when it returns', async () => {
    await proxy.cut();
    await expectAllUnavailable(LONGEST_ANSWER_MS);
    await expectStatus(service.get('/healthz'), 200);
    await expectStatus(service.get('/auth/jwks'), 200);
    const ready = await expectStatus(service.get('/readyz'), 503);
    await expect(ready.json()).resolves.toMatchObject({ database: 'unavailable' });
    await proxy.mend();
    await expectBack();
  }, 90_000);

  it('has fallen silent, no request hangs, and it is used again when it is heard again', async () => {
    proxy.silence();
    await expectAllUnavailable(LONGEST_SILENCE_MS);
    await expectStatus(service.get('/healthz'), 200);
    await expectStatus(service.get('/readyz'), 503);
    await proxy.mend();
    await expectBack();
  }, 120_000);
});

const REGISTERED = `FROM audit_events WHERE event = 'registered'`;
const SIGNED_IN = `FROM audit_events WHERE event = 'signed-in'`;

describe('a database that goes away in the middle of requests', () => {
  const count = async (sql: string): Promise<number> => {
    const { rows } = await statement<{ count: number }>(database.database.pool, `SELECT count(*)::int AS count ${sql}`);
    return rows[0]?.count ?? -1;
  };

  /** As many at once, the cable pulled when some are through. */
  async function pullDuring(ask: (index: number) => Promise<number | null>): Promise<number[]> {
    let done = 0;
    const statuses = Array.from({ length: IN_FLIGHT }, async (_, index) => {
      const status = await ask(index);
      if (status !== 503) done += 1;
      if (done === 5) await proxy.cut();
      return status ?? 0;
    });
    const all = await Promise.all(statuses);
    await proxy.mend();
    await expectBack();
    return all;
  }

  it('leaves no registration half written, and none that was acknowledged out', async () => {
    const email = (index: number): string => `flight-${index}@example.org`;
    const registeredBefore = await count(REGISTERED);
    const statuses = await pullDuring(async (index) => (await register(service, email(index))).status);
    expect(new Set(statuses)).toEqual(new Set([204, 503]));

    const told = statuses.flatMap((status, index) => (status === 204 ? [email(index)] : []));
    const { rows } = await statement<{ subject: string }>(
      database.database.pool,
      `SELECT subject FROM tickets WHERE subject LIKE 'flight-%'`,
    );
    const written = rows.map(({ subject }) => subject);
    expect(written).toEqual(expect.arrayContaining(told));
    const mailed = await statement<{ recipient: string }>(
      database.database.pool,
      `SELECT recipient FROM mail_outbox JOIN tickets ON tickets.id = ticket_id WHERE recipient LIKE 'flight-%'`,
    );
    expect(mailed.rows.map(({ recipient }) => recipient).sort()).toEqual(written.sort());
    await expect(count(`FROM mail_outbox WHERE recipient LIKE 'flight-%'`)).resolves.toBe(written.length);
    await expect(count(REGISTERED)).resolves.toBe(registeredBefore + written.length);
  }, 90_000);

  it('leaves no sign-in half written', async () => {
    const openedBefore = await count(SIGNED_IN);
    const statuses = await pullDuring(async () => {
      const answer = await service.post('/auth/login', { email: OWNER, password: PASSWORD, cookie: false });
      return answer.status;
    });
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    const orphans = `FROM sessions s WHERE NOT EXISTS
      (SELECT FROM devices d WHERE d.user_id = s.user_id AND d.device_id = s.device_id)`;
    const opened = await count(SIGNED_IN);
    expect(opened - openedBefore).toBeGreaterThanOrEqual(statuses.filter((status) => status === 200).length);
    const kept = await count('FROM sessions');
    const ended = await count('FROM revocations');
    expect(kept + ended).toBe(opened);
    // an account keeps the 20 devices last seen
    expect(await count(orphans)).toBeLessThanOrEqual(Math.max(0, kept - 20));
  }, 90_000);
});

it('a service whose database has fallen silent can be stopped', async () => {
  proxy.silence();
  await eventually(() => expectStatus(service.get('/readyz'), 503), 30_000);
  await expect(service.stop()).resolves.toEqual({ code: 0, signal: null });
}, 60_000);
