import { Logger } from '@nestjs/common';
import { onServer, randomDatabaseName, SERVER_VARIABLE, variable, withDatabase } from '../../test/support/test-server';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from './data-source';
import { statement } from './database.service';
import { migrate } from './migrate';
import { migrations } from './migrations';

const names = migrations.map(({ name }) => name);

describe('migrations', () => {
  let database: string;
  let url: string;
  let dataSource: DataSource;

  beforeEach(async () => {
    const server = variable(SERVER_VARIABLE);
    database = randomDatabaseName('latchkey_migrate');
    url = withDatabase(server, database);
    await onServer(server, `CREATE DATABASE ${database}`);
    dataSource = await new DataSource(dataSourceOptions({ url, entities: [], poolSize: 2 })).initialize();
  });
  afterEach(async () => {
    await dataSource.destroy();
    await onServer(variable(SERVER_VARIABLE), `DROP DATABASE ${database} WITH (FORCE)`);
  });

  /** Every table, column, constraint and index, as text. */
  const schema = async (): Promise<string[]> => {
    const { rows } = await statement<{ line: string }>(
      dataSource.manager,
      `SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) AS line
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'migrations'
       UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
         FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 'migrations'::regclass
       UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'migrations'
       UNION ALL SELECT 'sequence ' || sequencename FROM pg_sequences
         WHERE schemaname = 'public' AND sequencename <> 'migrations_id_seq'
       ORDER BY 1`,
    );
    return rows.map(({ line }) => line);
  };

  it('run up, down and up again, leaving nothing behind and making the same schema', async () => {
    await expect(migrate(url)).resolves.toEqual(names);
    const first = await schema();
    expect(first.length).toBeGreaterThan(50);
    for (const _ of names) await dataSource.undoLastMigration({ transaction: 'each' });
    await expect(schema()).resolves.toEqual([]);
    await expect(migrate(url)).resolves.toEqual(names);
    await expect(schema()).resolves.toEqual(first);
  });

  it('run once when several processes start at once', async () => {
    const ran = await Promise.all([migrate(url), migrate(url), migrate(url)]);
    expect(ran.flat()).toEqual(names);
  });

  it('do nothing when all have run', async () => {
    await migrate(url);
    await expect(migrate(url)).resolves.toEqual([]);
  });

  it('leave a database alone that is ahead of this code, with a warning that names what is unknown', async () => {
    await migrate(url);
    await statement(dataSource.manager, `INSERT INTO migrations (timestamp, name) VALUES (9999, 'Later9999')`);
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    await expect(migrate(url)).resolves.toEqual([]);
    expect(warn.mock.calls.flat().join()).toMatch(/ahead of this version \(Later9999\)/);
    warn.mockRestore();
  });
});
