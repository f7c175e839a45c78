import { Credentials } from '../../src/core/credential/credential.repository';
import { statement } from '../../src/database/database.service';
import { newId } from '../../src/kernel/ids';
import { TestClock } from '../support/test-clock';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const ROUNDS = 60;
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

function set(hash: string): Promise<void> {
  return test.database.transaction((tx) =>
    credentials.set(tx, userId, 'password', { hash, scheme: 'bcrypt-04' }, clock.now()),
  );
}

function upgrade(version: number, hash: string): Promise<boolean> {
  return credentials.upgrade(
    test.database.pool,
    userId,
    'password',
    version,
    { hash, scheme: 'bcrypt-05' },
    clock.now(),
  );
}

async function current(): Promise<{ hash: string; version: number }> {
  const found = await credentials.find(test.database.pool, userId, 'password');
  if (!found) throw new Error('the credential is gone');
  return found;
}

it('a rehash of the old password never replaces a new one, whichever comes first', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    await set(`old ${round}`);
    const { version } = await current();
    const rehashes = Array.from({ length: 4 }, () => upgrade(version, `old ${round}, better`));
    await Promise.all([...rehashes.slice(0, 2), set(`new ${round}`), ...rehashes.slice(2)]);
    await upgrade(version, `old ${round}, late`);
    expect((await current()).hash).toBe(`new ${round}`);
  }
});

it('nor when the old one was removed with all its account had, and a new one set', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    await set(`old ${round}`);
    const { version } = await current();
    const takeover = test.database.transaction(async (tx) => {
      await credentials.removeAll(tx, userId);
      await credentials.set(tx, userId, 'password', { hash: `new ${round}`, scheme: 'bcrypt-04' }, clock.now());
    });
    await Promise.all([upgrade(version, 'old, better'), takeover, upgrade(version, 'old, better')]);
    expect((await current()).hash).toBe(`new ${round}`);
    expect((await current()).version).not.toBe(version);
  }
});

it('a version that a sign-in has locked stays until its transaction ends', async () => {
  await set('old');
  let isSet = false;
  let setting: Promise<void> = Promise.resolve();
  await test.database.transaction(async (tx) => {
    const version = await credentials.lockVersion(tx, userId, 'password');
    setting = set('new').then(() => void (isSet = true));
    await untilSomebodyWaits();
    expect(isSet).toBe(false);
    expect((await credentials.find(tx, userId, 'password'))?.version).toBe(version);
  });
  await setting;
  expect((await current()).hash).toBe('new');
});

it('sign-ins do not wait for each other', async () => {
  await set('old');
  await test.database.transaction(async (first) => {
    await credentials.lockVersion(first, userId, 'password');
    await test.database.transaction(async (second) => {
      expect(await credentials.lockVersion(second, userId, 'password')).toBeGreaterThan(0);
    });
  });
});

async function untilSomebodyWaits(): Promise<void> {
  const deadline = performance.now() + 5000;
  for (;;) {
    const { rows } = await statement(
      test.database.pool,
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (rows.length > 0) return;
    if (performance.now() > deadline) throw new Error('nobody waits for the lock');
  }
}
