import { randomBytes } from 'node:crypto';
import { createAccount, signIn } from '../support/account-client';
import { DataFolder } from '../support/data-folder';
import { onServer, SERVER_VARIABLE, variable } from '../support/test-server';

const key = (): string => randomBytes(32).toString('base64');

describe('a start', () => {
  let folder: DataFolder;

  beforeEach(() => (folder = new DataFolder()));
  afterEach(() => folder.dispose());

  it('is refused for wrong settings, which are named all at once and never shown', async () => {
    const wrong = {
      PORT: 'p0rt-secret',
      PUBLIC_URL: 'ftp://secret.example.org',
      DATABASE_URL: 'mysql://user:secret@example.org/db',
      SMTP_URL: 'https://user:secret@mail.example.org',
      MASTER_KEY: 'c2VjcmV0',
      TRUST_PROXY: 'all-secret',
      ACCESS_TOKEN_TTL: 'secretly',
      JWT_ALGORITHM: 'none-secret',
      BCRYPT_COST: '99secret',
      SELF_DELETE: 'secret?',
      THROTTLE_LIMIT: '-1',
      WORKERS: '0',
    };
    const { code, log } = await folder.startInVain({ environment: wrong });
    expect(code).toBe(1);
    for (const [name, value] of Object.entries(wrong)) {
      expect(log).toMatch(new RegExp(`^  ${name} must `, 'm'));
      if (value.includes('secret')) expect(log).not.toContain(value);
    }
    expect(log).not.toMatch(/secret|c2VjcmV0/);
    expect(log).not.toMatch(/^\s+at /m);
  });

  it.each([
    ['SMTP_URL', { PUBLIC_URL: 'http://id.example.org' }],
    ['TRUST_PROXY', { PUBLIC_URL: 'https://id.example.org', SMTP_URL: 'smtp://127.0.0.1:25' }],
    ['MASTER_KEY', { NODE_ENV: 'production', DATABASE_URL: 'postgres://user:secret@127.0.0.1:1/db' }],
    ['AUTO_ACTIVATE', { PROFILE: 'hardened', AUTO_ACTIVATE: 'true' }],
  ])('is refused without the %s that other settings ask for', async (name, environment) => {
    const { code, log } = await folder.startInVain({ environment });
    expect(code).toBe(1);
    expect(log).toMatch(new RegExp(`^  ${name} must `, 'm'));
    expect(log).not.toContain('secret');
    await folder.expectNothingLeft();
  });

  it('is refused with a master key that does not open the keys, and goes well with the former one added', async () => {
    const [former, fresh] = [key(), key()];
    const service = await folder.start({ environment: { MASTER_KEY: former } });
    await createAccount(service, 'owner@example.org');
    await service.stop();

    const { code, log } = await folder.startInVain({ environment: { MASTER_KEY: fresh } });
    expect(code).toBe(1);
    expect(log).toMatch(/encrypted under another master key/);
    expect(log).toMatch(/MASTER_KEY/);
    for (const secret of [former, fresh]) expect(log).not.toContain(secret);
    expect(log).not.toMatch(/^\s+at /m);
    await folder.expectNothingLeft();

    // without any, a new one would be made in the folder: it opens nothing either
    const without = await folder.startInVain();
    expect([without.code, without.log]).toEqual([1, expect.stringMatching(/another master key/)]);

    const rotated = await folder.start({ environment: { MASTER_KEY: `${fresh},${former}` } });
    await signIn(rotated, 'owner@example.org');
    await rotated.stop();
    const afterwards = await folder.start({ environment: { MASTER_KEY: fresh } });
    await signIn(afterwards, 'owner@example.org');
  }, 120_000);

  it('is refused, without a word of the password, when the database cannot be reached or does not exist', async () => {
    const nowhere = 'postgres://user:verysecret@127.0.0.1:1/db';
    const unreachable = await folder.startInVain({ environment: { DATABASE_URL: nowhere } });
    expect(unreachable.code).toBe(1);
    expect(unreachable.log).toContain('ECONNREFUSED');
    expect(unreachable.log).not.toContain('verysecret');

    const absent = new URL(variable(SERVER_VARIABLE));
    absent.pathname = '/no_such_database';
    const missing = await folder.startInVain({ environment: { DATABASE_URL: absent.href } });
    expect(missing.code).toBe(1);
    expect(missing.log).toContain('no_such_database');
    await onServer(variable(SERVER_VARIABLE), 'SELECT 1');
  });

  it('is refused when its port is taken, and leaves nothing behind', async () => {
    const first = await folder.start();
    const { code, log } = await folder.startInVain({ port: first.port });
    expect(code).toBe(1);
    expect(log).toContain('EADDRINUSE');
    expect((await first.get('/readyz')).status).toBe(200);
    await first.stop();
    await folder.expectNothingLeft();
  }, 60_000);
});
