import { eventually } from '../../test/support/eventually';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database';
import { isDatabaseUnavailable } from './database-errors';
import { statement } from './database.service';

describe('a connection', () => {
  let test: TestDatabase;

  beforeAll(async () => (test = await createTestDatabase()));
  afterAll(() => test.drop());

  const setting = async (name: string): Promise<string | undefined> => {
    const sql = 'SELECT current_setting($1) AS value';
    return (await statement<{ value: string }>(test.database.pool, sql, [name])).rows[0]?.value;
  };

  it('lets no statement, lock or forgotten transaction hold it for long', async () => {
    await expect(setting('statement_timeout')).resolves.toBe('15s');
    await expect(setting('lock_timeout')).resolves.toBe('10s');
    await expect(setting('idle_in_transaction_session_timeout')).resolves.toBe('15s');
  });

  it('says whose it is, and speaks UTC', async () => {
    await expect(setting('application_name')).resolves.toBe('latchkey');
    await expect(setting('TimeZone')).resolves.toBe('UTC');
  });

  it('gives counts and identities as numbers', async () => {
    const { rows } = await statement(test.database.pool, 'SELECT count(*) AS "all", 7::bigint AS "number" FROM users');
    expect(rows).toEqual([{ all: 0, number: 7 }]);
  });

  it('ends a statement that waits too long for a lock, which counts as the database being busy', async () => {
    const outcome: unknown = await test.database.transaction(async (holder) => {
      await statement(holder, 'LOCK TABLE users');
      const waiting = test.database.transaction(async (tx) => {
        await statement(tx, `SET LOCAL lock_timeout = '50ms'`);
        await statement(tx, 'LOCK TABLE users');
      });
      return waiting.catch((error: unknown) => error);
    });
    expect(isDatabaseUnavailable(outcome)).toBe(true);
  });

  it.each(['its next statement', 'its end'])('lost amid a transaction is noticed at %s', async (when) => {
    const outcome = await test.database
      .transaction(async (tx) => {
        const { rows } = await statement<{ pid: number }>(tx, 'SELECT pg_backend_pid() AS pid');
        await statement(test.database.pool, 'SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
        // the driver hears of it in its own time
        await eventually(() => expect(tx.queryRunner?.isReleased).toBe(true));
        if (when === 'its next statement') await statement(tx, 'SELECT 1');
      })
      .catch((error: unknown) => error);
    expect(isDatabaseUnavailable(outcome)).toBe(true);
  });
});
