import { createTestDatabase, type TestDatabase } from '../test/support/test-database';
import { statement } from './database/database.service';

describe('the entities', () => {
  let test: TestDatabase;

  beforeAll(async () => (test = await createTestDatabase()));
  afterAll(() => test.drop());

  it('describe the schema exactly as the migrations make it', async () => {
    const { upQueries } = await test.dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('describe every table there is', async () => {
    const { rows } = await statement<{ name: string }>(
      test.database.pool,
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'
        AND table_name <> $1 ORDER BY 1`,
      [test.dataSource.options.migrationsTableName],
    );
    const described = test.dataSource.entityMetadatas.map(({ tableName }) => tableName).sort();
    expect(described).toEqual(rows.map(({ name }) => name));
  });
});
