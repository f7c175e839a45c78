import { describeNetworkBudgets } from '../../../test/support/network-budgets-suite';
import { TestClock } from '../../../test/support/test-clock';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database';
import { PgNetworkBudgets } from './pg-network-budgets';

describe('network budgets in PostgreSQL', () => {
  const clock = new TestClock();
  let database: TestDatabase;
  let budgets: PgNetworkBudgets;
  beforeAll(async () => {
    database = await createTestDatabase();
    budgets = new PgNetworkBudgets(database.database, clock);
  });
  afterAll(() => database.drop());

  describeNetworkBudgets(() => ({ budgets, clock }));

  it('purges the budgets whose window has passed, and only those', async () => {
    await budgets.charge('short', 10, 5);
    await budgets.charge('long', 1000, 5);
    clock.advanceSeconds(10);
    await budgets.purge();
    const rows = await database.dataSource.query<{ key: string }[]>(`SELECT key FROM network_budgets`);
    const keys = rows.map(({ key }) => key);
    expect(keys).toContain('long');
    expect(keys).not.toContain('short');
  });
});
