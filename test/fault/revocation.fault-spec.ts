import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { bearer, createAccount, expectStatus, signIn, type Tokens } from '../support/account-client';
import { eventually } from '../support/eventually';
import { ServiceProcess } from '../support/service-process';
import { TcpProxy } from '../support/tcp-proxy';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const OWNER = 'owner@example.org';
/** A second, and one for the machine. */
const SOON_MS = 2_000;

describe('a revoked session', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-revocation-'));
  let database: TestDatabase;
  let proxy: TcpProxy;
  let near: ServiceProcess;
  let far: ServiceProcess;

  const start = (url: string, port?: number): Promise<ServiceProcess> => {
    const environment = { DATABASE_URL: url, PUBLIC_URL: 'http://localhost' };
    return ServiceProcess.start({ dataDir, environment, ...(port ? { port } : {}) });
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    proxy = await TcpProxy.to(database.url);
    [near, far] = await Promise.all([start(database.url), start(proxy.url)]);
    await createAccount(near, OWNER);
  });

  afterAll(async () => {
    await Promise.all([near.stop(), far.stop()]);
    await proxy.cut();
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const me = (service: ServiceProcess, tokens: Tokens): Promise<Response> => service.get('/user/me', bearer(tokens));

  const expectEnded = async (answer: Promise<Response>): Promise<void> => {
    await expect((await expectStatus(answer, 401)).json()).resolves.toMatchObject({ code: 'session-ended' });
  };

  const expectUnavailable = async (answer: Promise<Response>): Promise<void> => {
    const got = await expectStatus(answer, 503);
    expect(Number(got.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(got.headers.get('content-type')).toContain('application/problem+json');
    await expect(got.json()).resolves.toMatchObject({ status: 503, code: 'unavailable' });
  };

  it('is refused at once where it was revoked, within a second elsewhere, and after a restart of both', async () => {
    const tokens = await signIn(near, OWNER);
    await expectStatus(me(far, tokens), 200);
    await expectStatus(near.post('/auth/token/revoke', {}, bearer(tokens)), 204);
    await expectEnded(me(near, tokens));
    await eventually(() => expectEnded(me(far, tokens)), SOON_MS);

    await Promise.all([near.stop(), far.stop()]);
    [near, far] = await Promise.all([start(database.url, near.port), start(proxy.url, far.port)]);
    await expectEnded(me(near, tokens));
    await expectEnded(me(far, tokens));
  });

  it('is heard of by a process whose connection for signals was broken meanwhile', async () => {
    const tokens = await signIn(near, OWNER);
    await proxy.cut();
    await expectStatus(near.post('/auth/token/revoke', {}, bearer(tokens)), 204);
    await proxy.mend();
    await eventually(() => expectEnded(me(far, tokens)), SOON_MS);
  });

  it('may be any session for who cannot read revocations for 5 s: 503 to all, until they can be read again', async () => {
    const tokens = await signIn(near, OWNER);
    await expectStatus(me(far, tokens), 200);
    // all but the revocations answers: what is refused is refused for their sake alone
    const holder = new Client({ connectionString: database.url });
    await holder.connect();
    const lockedAt = performance.now();
    await holder.query('BEGIN; LOCK TABLE revocations');
    try {
      // what was read a moment ago is good for so long
      await expectStatus(me(far, tokens), 200);
      await eventually(() => expectUnavailable(me(far, tokens)), 10_000);
      expect(performance.now() - lockedAt).toBeGreaterThan(3_900);
      await expectUnavailable(far.get('/auth/sessions', bearer(tokens)));
      await expectUnavailable(far.post('/auth/token/revoke', {}, bearer(tokens)));
      await expectStatus(far.get('/healthz'), 200);
      await expect((await expectStatus(far.get('/readyz'), 503)).json()).resolves.toMatchObject({
        database: 'ok',
        revocations: 'unavailable',
      });
    } finally {
      await holder.end();
    }
    await eventually(() => expectStatus(me(far, tokens), 200), 5_000);
    await expectStatus(far.get('/readyz'), 200);
  });

  it('was revoked while a process was cut off from the database: 503 there, and refused when it is back', async () => {
    const [ended, live] = [await signIn(near, OWNER), await signIn(near, OWNER)];
    await expectStatus(me(far, ended), 200);
    await proxy.cut();
    await eventually(() => expectUnavailable(me(far, live)), 10_000);
    await expectStatus(near.post('/auth/token/revoke', {}, bearer(ended)), 204);
    await expectUnavailable(me(far, ended));
    await expectStatus(far.get('/healthz'), 200);
    await expectStatus(far.get('/readyz'), 503);

    await proxy.mend();
    await eventually(() => expectStatus(me(far, live), 200));
    await eventually(() => expectEnded(me(far, ended)), SOON_MS);
    await expectStatus(far.get('/readyz'), 200);
  });
});
