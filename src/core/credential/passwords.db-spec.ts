import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database';
import { TestClock } from '../../../test/support/test-clock';
import { parseSettings } from '../../config/settings';
import { statement } from '../../database/database.service';
import { newId } from '../../kernel/ids';
import type { HashGrade } from '../../platform/hashing/hash-grade';
import { HashPool } from '../../platform/hashing/hash-pool.service';
import type { HashTask } from '../../platform/hashing/hash-thread';
import { MasterKeyring } from '../../platform/keys/master-keyring.service';
import { ServiceKeys } from '../../platform/keys/service-keys.service';
import { Credentials } from './credential.repository';
import { Decoys } from './decoys.service';
import { Passwords } from './passwords.service';

const grade: HashGrade = { class: 'ordinary', network: '192.0.2.1' };
const clock = new TestClock();
const credentials = new Credentials();
const masterKey = Buffer.alloc(32, 9).toString('base64');

/** The real pool, which notes the salts it was asked for: cost is what takes time. */
class RecordingPool extends HashPool {
  readonly salts: string[] = [];

  override run(task: HashTask, itsGrade: HashGrade): Promise<string> {
    this.salts.push(task.salt.slice(0, 7));
    return super.run(task, itsGrade);
  }
}

let test: TestDatabase;
let keys: ServiceKeys;
let pool: RecordingPool;

beforeAll(async () => {
  test = await createTestDatabase();
  keys = await loadKeys();
});

afterAll(async () => {
  await test.drop();
});

beforeEach(() => {
  pool = new RecordingPool();
});

afterEach(async () => {
  await pool.onApplicationShutdown();
});

async function loadKeys(): Promise<ServiceKeys> {
  const loaded = new ServiceKeys(test.database, new MasterKeyring(parseSettings({ MASTER_KEY: masterKey })), clock);
  await loaded.load();
  return loaded;
}

async function passwordsOf(cost: number): Promise<Passwords> {
  const settings = parseSettings({ BCRYPT_COST: `${cost}` });
  const decoys = new Decoys(settings, test.database, keys);
  await decoys.refresh();
  return new Passwords(settings, keys, pool, decoys);
}

describe('a password', () => {
  it('is right itself and nothing else is', async () => {
    const passwords = await passwordsOf(4);
    const { hash } = await passwords.hash('open sesame', grade);
    expect(await passwords.verify(hash, 'open sesame', 'ada@example.org', grade)).toEqual({
      isRight: true,
      needsUpgrade: false,
    });
    for (const wrong of ['open sesam', 'Open sesame', 'open sesame ', '', 'open sesame\0']) {
      expect((await passwords.verify(hash, wrong, 'ada@example.org', grade)).isRight).toBe(false);
    }
  });

  it('counts beyond its 72nd byte and beyond a NUL', async () => {
    const passwords = await passwordsOf(4);
    for (const long of ['й'.repeat(64), `${'a'.repeat(127)}b`, 'abc\0def']) {
      const { hash } = await passwords.hash(long, grade);
      expect((await passwords.verify(hash, long, 'x', grade)).isRight).toBe(true);
      expect((await passwords.verify(hash, `${long.slice(0, -1)}x`, 'x', grade)).isRight).toBe(false);
    }
  });

  it('is the same in every spelling that Unicode holds for equal', async () => {
    const passwords = await passwordsOf(4);
    const { hash } = await passwords.hash('Ångström ﬁle', grade);
    expect((await passwords.verify(hash, 'A\u030angstro\u0308m file', 'x', grade)).isRight).toBe(true);
  });

  it('is hashed with a fresh salt each time, and the hash says scheme, cost and pepper', async () => {
    const passwords = await passwordsOf(4);
    const [first, second] = [await passwords.hash('open sesame', grade), await passwords.hash('open sesame', grade)];
    expect(first.hash).not.toBe(second.hash);
    expect(first.hash).toMatch(/^bcrypt:[0-9a-f]{8}:\$2b\$04\$[./A-Za-z0-9]{53}$/);
    expect(first.scheme).toBe('bcrypt-04');
  });

  it('hashed at a lower cost is right and asks for a better hash; a wrong one asks for nothing', async () => {
    const { hash } = await (await passwordsOf(4)).hash('open sesame', grade);
    const passwords = await passwordsOf(5);
    expect(await passwords.verify(hash, 'open sesame', 'x', grade)).toEqual({ isRight: true, needsUpgrade: true });
    expect(await passwords.verify(hash, 'open barley', 'x', grade)).toEqual({ isRight: false, needsUpgrade: false });
  });

  it('hashed at a higher cost is not made weaker', async () => {
    const { hash } = await (await passwordsOf(5)).hash('open sesame', grade);
    const verdict = await (await passwordsOf(4)).verify(hash, 'open sesame', 'x', grade);
    expect(verdict).toEqual({ isRight: true, needsUpgrade: false });
  });

  it('is not right without the pepper it was hashed with', async () => {
    const { hash } = await (await passwordsOf(4)).hash('open sesame', grade);
    const former = keys;
    await statement(test.database.pool, `DELETE FROM service_keys WHERE name = 'pepper'`);
    keys = await loadKeys();
    const verdict = (await passwordsOf(4)).verify(hash, 'open sesame', 'x', grade);
    await expect(verdict).rejects.toMatchObject({ code: 'internal' });
    expect(former.key('pepper')).not.toEqual(keys.key('pepper'));
  });
});

describe('whatever is stored, one hash is computed', () => {
  it.each([
    ['nothing', null],
    ['text that cannot be read', 'md5:0123456789abcdef'],
    ['bare bcrypt', '$2b$04$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234'],
    ['an unknown pepper', 'bcrypt:00000000:$2b$04$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234'],
  ])('for %s', async (_case, stored) => {
    const passwords = await passwordsOf(4);
    const outcome = await passwords.verify(stored, 'open sesame', 'x', grade).catch((error: unknown) => error);
    expect(pool.salts).toEqual(['$2b$04$']);
    if (stored === null) expect(outcome).toEqual({ isRight: false, needsUpgrade: false });
    else expect(outcome).toMatchObject({ code: 'internal' });
  });

  it('for a right and for a wrong password', async () => {
    const passwords = await passwordsOf(4);
    const { hash } = await passwords.hash('open sesame', grade);
    pool.salts.length = 0;
    await passwords.verify(hash, 'open sesame', 'x', grade);
    await passwords.verify(hash, 'open barley', 'x', grade);
    expect(pool.salts).toEqual(['$2b$04$', '$2b$04$']);
  });
});

describe('decoys', () => {
  it('cost what the stored hashes cost, in their proportions, the same at each try', async () => {
    await store(6, 'bcrypt-05');
    await store(2, 'bcrypt-06');
    const passwords = await passwordsOf(4);
    const names = Array.from({ length: 120 }, (_, i) => `name${i}@example.org`);
    for (const name of names) await passwords.verify(null, 'open sesame', name, grade);
    const first = [...pool.salts];
    for (const name of names) await passwords.verify(null, 'open sesame', name, grade);
    expect(pool.salts.slice(names.length)).toEqual(first);
    const dear = first.filter((salt) => salt === '$2b$06$').length;
    expect(first.every((salt) => salt === '$2b$05$' || salt === '$2b$06$')).toBe(true);
    expect(dear).toBeGreaterThan(10);
    expect(dear).toBeLessThan(60);
  });

  it('pass over schemes that a later version stored', async () => {
    await statement(test.database.pool, 'DELETE FROM credentials');
    await store(3, 'argon2id-m19-t2');
    await (await passwordsOf(4)).verify(null, 'open sesame', 'x', grade);
    expect(pool.salts).toEqual(['$2b$04$']);
  });

  async function store(count: number, scheme: string): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      const userId = newId();
      await statement(
        test.database.pool,
        'INSERT INTO users (id, username, username_canonical, created_at, updated_at) VALUES ($1, $2, $2, $3, $3)',
        [userId, userId, clock.now()],
      );
      await credentials.set(test.database.pool, userId, 'password', { hash: 'x', scheme }, clock.now());
    }
  }
});
