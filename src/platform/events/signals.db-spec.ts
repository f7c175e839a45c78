import { Logger } from '@nestjs/common';
import { eventually } from '../../../test/support/eventually';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database';
import { statement } from '../../database/database.service';
import { Signals } from './signals.service';

function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  return eventually(async () => {
    if (!(await condition())) throw new Error(`not yet: ${what}`);
  });
}

// failures are provoked here, and their log lines are not the subject
Logger.overrideLogger(false);

let test: TestDatabase;
let here: Signals;
let there: Signals;

beforeEach(async () => {
  test = await createTestDatabase();
  here = new Signals(test.dataSource);
  there = new Signals(test.dataSource);
});

afterEach(async () => {
  await Promise.all([here.onModuleDestroy(), there.onModuleDestroy()]);
  await test.drop();
});

/** Subscribes and waits for the wake-up that every new connection gives, so that it listens from then on. */
async function hear(signals: Signals, channel: string): Promise<{ count: () => number }> {
  let heard = 0;
  signals.subscribe(channel, () => (heard += 1));
  await until('the connection is made', () => heard > 0);
  const before = heard;
  return { count: () => heard - before };
}

it('reach other processes once the transaction is committed', async () => {
  const elsewhere = await hear(there, 'revocations');
  await test.database.transaction((tx) => here.publish(tx, 'revocations'));
  await until('the signal arrives', () => elsewhere.count() === 1);
});

it('of a transaction that is rolled back are never heard', async () => {
  const elsewhere = await hear(there, 'revocations');
  const failing = test.database.transaction(async (tx) => {
    await here.publish(tx, 'revocations');
    throw new Error('undone');
  });
  await expect(failing).rejects.toThrow('undone');
  // signals come in the order of their commits: when this one is here, the other would have been
  await here.publish(test.database.pool, 'revocations');
  await until('the later signal arrives', () => elsewhere.count() > 0);
  expect(elsewhere.count()).toBe(1);
});

it('wake only the listeners of their channel, whichever was first', async () => {
  const first = await hear(there, 'revocations');
  let others = 0;
  there.subscribe('signing_keys', () => (others += 1));
  await until('both are listened to', async () => {
    await here.publish(test.database.pool, 'signing_keys');
    return others > 0;
  });
  expect(first.count()).toBe(0);
});

it('wake all listeners when the connection was lost and is made anew', async () => {
  const revocations = await hear(there, 'revocations');
  const { affected } = await statement(
    test.database.pool,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'LISTEN%'`,
  );
  expect(affected).toBe(1);
  await until('it is woken by the new connection', () => revocations.count() === 1);
  await here.publish(test.database.pool, 'revocations');
  await until('signals arrive again', () => revocations.count() === 2);
});

it('reach the other listeners when one throws', async () => {
  there.subscribe('revocations', () => {
    throw new Error('broken listener');
  });
  const second = await hear(there, 'revocations');
  await here.publish(test.database.pool, 'revocations');
  await until('the second listener hears it', () => second.count() === 1);
});

it('leave no connection behind', async () => {
  await hear(there, 'revocations');
  await there.onModuleDestroy();
  await until('the connection is gone', async () => {
    const { rows } = await statement(
      test.database.pool,
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`,
    );
    return rows.length === 0;
  });
});

it('have names that are safe in a statement', () => {
  expect(() => here.subscribe('x; DROP TABLE users', () => undefined)).toThrow('small letters');
});
