import { performance } from 'node:perf_hooks';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database';
import { statement } from '../../database/database.service';
import { DatabaseClock } from './database-clock.service';

let test: TestDatabase;
let clock: DatabaseClock;

beforeAll(async () => {
  test = await createTestDatabase();
});

afterAll(async () => {
  await test.drop();
});

beforeEach(async () => {
  clock = new DatabaseClock(test.database);
  await clock.start();
});

afterEach(() => {
  clock.onModuleDestroy();
});

async function databaseMs(): Promise<number> {
  const { rows } = await statement<{ at: Date }>(test.database.pool, 'SELECT clock_timestamp() AS at');
  return rows[0]?.at.getTime() ?? 0;
}

it('tells the database’s time to a few milliseconds', async () => {
  const before = clock.now().getTime();
  const database = await databaseMs();
  const after = clock.now().getTime();
  expect(database).toBeGreaterThan(before - 50);
  expect(database).toBeLessThan(after + 50);
});

it('does not follow this machine’s clock when somebody sets it', async () => {
  const machine = jest.spyOn(Date, 'now').mockReturnValue(0);
  try {
    const now = clock.now().getTime();
    expect(Math.abs((await databaseMs()) - now)).toBeLessThan(1000);
  } finally {
    machine.mockRestore();
  }
});

it('agrees with a process on a machine whose own clock is an hour ahead', async () => {
  const realNow = performance.now.bind(performance);
  const machine = jest.spyOn(performance, 'now').mockImplementation(() => realNow() + 3_600_000);
  try {
    const other = new DatabaseClock(test.database);
    expect(other.now().getTime() - (await databaseMs())).toBeGreaterThan(3_500_000);
    await other.measure();
    expect(Math.abs(other.now().getTime() - (await databaseMs()))).toBeLessThan(1000);
  } finally {
    machine.mockRestore();
  }
});

it('fails the start when the database does not answer', async () => {
  const other = await createTestDatabase();
  await other.drop();
  await expect(new DatabaseClock(other.database).start()).rejects.toThrow();
});
