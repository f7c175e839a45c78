import { Logger } from '@nestjs/common';
import { eventually } from '../../../test/support/eventually';
import { describeNetworkBudgets } from '../../../test/support/network-budgets-suite';
import { startRedis, type RedisServer } from '../../../test/support/redis-server';
import { requireProgram } from '../../../test/support/required-program';
import { TestClock } from '../../../test/support/test-clock';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database';
import { PgNetworkBudgets } from './pg-network-budgets';
import { RedisNetworkBudgets } from './redis-network-budgets';

const program = requireProgram('redis-server');

(program === null ? describe.skip : describe)('network budgets in Redis', () => {
  const clock = new TestClock();
  let database: TestDatabase;
  let redis: RedisServer;
  let fallback: PgNetworkBudgets;
  let budgets: RedisNetworkBudgets;
  beforeAll(async () => {
    // outages are part of the play
    Logger.overrideLogger(false);
    database = await createTestDatabase();
    redis = await startRedis(program ?? '');
    fallback = new PgNetworkBudgets(database.database, clock);
    budgets = new RedisNetworkBudgets(redis.url, clock, fallback);
  });
  afterAll(async () => {
    budgets.close();
    await redis.stop();
    await database.drop();
  });

  describeNetworkBudgets(() => ({ budgets, clock }));

  it('is shared by processes', async () => {
    const other = new RedisNetworkBudgets(redis.url, clock, fallback);
    await budgets.charge('shared', 60, 1);
    expect(await other.charge('shared', 60, 1)).toMatchObject({ isWithin: false });
    expect(await fallback.peek('shared')).toMatchObject({ used: 0 });
    other.close();
  });

  it('while Redis hangs PostgreSQL counts, so that limits hold; afterwards Redis again', async () => {
    redis.freeze();
    try {
      await expect(budgets.check()).rejects.toThrow();
      expect(await budgets.charge('outage', 60, 1)).toMatchObject({ isWithin: true });
      expect(await budgets.charge('outage', 60, 1)).toMatchObject({ isWithin: false });
      expect(await fallback.peek('outage')).toMatchObject({ used: 1 });
    } finally {
      redis.thaw();
    }
    await eventually(() => budgets.check());
    await budgets.charge('after', 60, 1);
    expect(await fallback.peek('after')).toMatchObject({ used: 0 });
  });

  it('a Redis that is not there holds no request up', async () => {
    const orphan = new RedisNetworkBudgets('redis://127.0.0.1:1', clock, fallback);
    expect(await orphan.charge('orphan', 60, 1)).toMatchObject({ isWithin: true });
    expect(await orphan.charge('orphan', 60, 1)).toMatchObject({ isWithin: false });
    await expect(orphan.check()).rejects.toThrow();
    orphan.close();
  });
});
