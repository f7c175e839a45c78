import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/database/data-source';
import { Database } from '../../src/database/database.service';
import { entities } from '../../src/entities';
import {
  onServer,
  randomDatabaseName,
  SERVER_VARIABLE,
  TEMPLATE_VARIABLE,
  variable,
  withDatabase,
} from './test-server';

export interface TestDatabase {
  /** Good as DATABASE_URL of a process of its own, too. */
  readonly url: string;
  readonly dataSource: DataSource;
  readonly database: Database;
  /** Ends all connections to the database, whoever holds them, and removes it. */
  drop(): Promise<void>;
}

/** A fresh migrated database on the suite's server, with all entities loaded. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = variable(SERVER_VARIABLE);
  const name = randomDatabaseName('latchkey_test');
  await onServer(server, `CREATE DATABASE ${name} TEMPLATE ${variable(TEMPLATE_VARIABLE)}`);
  const url = withDatabase(server, name);
  const dataSource = await new DataSource(dataSourceOptions({ url, entities, poolSize: 10 })).initialize();
  return {
    url,
    dataSource,
    database: new Database(dataSource),
    drop: async () => {
      await dataSource.destroy();
      await onServer(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}
