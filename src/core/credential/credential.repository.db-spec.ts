import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database';
import { TestClock } from '../../../test/support/test-clock';
import { statement } from '../../database/database.service';
import { newId } from '../../kernel/ids';
import { Credentials } from './credential.repository';

const clock = new TestClock();
const credentials = new Credentials();
let test: TestDatabase;
let userId: string;

beforeAll(async () => {
  test = await createTestDatabase();
});

afterAll(async () => {
  await test.drop();
});

beforeEach(async () => {
  userId = newId();
  await statement(
    test.database.pool,
    'INSERT INTO users (id, username, username_canonical, created_at, updated_at) VALUES ($1, $2, $2, $3, $3)',
    [userId, userId, clock.now()],
  );
});

function hashOf(text: string) {
  return { hash: text, scheme: 'bcrypt-04' };
}

async function set(text: string, kind: 'password' | 'verifier' = 'password'): Promise<number> {
  await credentials.set(test.database.pool, userId, kind, hashOf(text), clock.now());
  return (await credentials.find(test.database.pool, userId, kind))?.version ?? 0;
}

describe('a credential', () => {
  it('is found as it was set, and only for its account and kind', async () => {
    const { pool } = test.database;
    const version = await set('one');
    expect(await credentials.find(pool, userId, 'password')).toEqual({ ...hashOf('one'), version });
    expect(await credentials.find(pool, userId, 'verifier')).toBeNull();
    expect(await credentials.find(pool, newId(), 'password')).toBeNull();
  });

  it('is there once a kind: a new secret replaces the former and has a version of its own', async () => {
    const first = await set('one');
    const other = await set('a verifier', 'verifier');
    const second = await set('two');
    expect(new Set([first, other, second]).size).toBe(3);
    expect(await credentials.find(test.database.pool, userId, 'password')).toEqual({
      ...hashOf('two'),
      version: second,
    });
  });

  it('that was removed and set again does not have a former version', async () => {
    const first = await set('one');
    await credentials.removeAll(test.database.pool, userId);
    expect(await credentials.find(test.database.pool, userId, 'password')).toBeNull();
    expect(await set('two')).not.toBe(first);
  });

  it('goes with its account', async () => {
    await set('one');
    await statement(test.database.pool, 'DELETE FROM users WHERE id = $1', [userId]);
    expect(await credentials.find(test.database.pool, userId, 'password')).toBeNull();
  });
});

describe('a better hash', () => {
  it('replaces the one of the same version, which stays', async () => {
    const version = await set('one');
    expect(await upgrade(version)).toBe(true);
    expect(await credentials.find(test.database.pool, userId, 'password')).toEqual({ ...hashOf('better'), version });
  });

  it('does not come back after a new secret', async () => {
    const version = await set('one');
    await set('two');
    expect(await upgrade(version)).toBe(false);
    expect((await credentials.find(test.database.pool, userId, 'password'))?.hash).toBe('two');
  });

  it('does not come back after a removal, nor after a removal and a new secret', async () => {
    const version = await set('one');
    await credentials.removeAll(test.database.pool, userId);
    expect(await upgrade(version)).toBe(false);
    await set('two');
    expect(await upgrade(version)).toBe(false);
    expect((await credentials.find(test.database.pool, userId, 'password'))?.hash).toBe('two');
  });

  function upgrade(version: number): Promise<boolean> {
    return credentials.upgrade(test.database.pool, userId, 'password', version, hashOf('better'), clock.now());
  }
});

describe('a locked version', () => {
  it('is the present one, and none without a credential', async () => {
    const version = await set('one');
    await test.database.transaction(async (tx) => {
      expect(await credentials.lockVersion(tx, userId, 'password')).toBe(version);
      expect(await credentials.lockVersion(tx, userId, 'verifier')).toBeNull();
    });
  });
});
