import { Logger } from '@nestjs/common';
import { DataSource, MigrationExecutor } from 'typeorm';
import { dataSourceOptions } from './data-source';

/** Advisory lock of whoever changes the schema: two processes that start at once take turns. */
const SCHEMA_LOCK = 0x4c4b_0001;

const logger = new Logger('Migrations');

/**
 * Brings the schema up to date on a connection of its own, each migration in a transaction, one process at a time.
 * A database that is ahead of this code is left alone, with a warning: the old version may go on beside the new one.
 *
 * @returns the names of the migrations that ran
 */
export async function migrate(url: string): Promise<string[]> {
  const applicationName = 'latchkey migrations';
  const options = dataSourceOptions({ url, entities: [], poolSize: 1, applicationName, isPatient: true });
  const dataSource = await new DataSource(options).initialize();
  try {
    return await runPending(dataSource);
  } finally {
    // ends the session, and with it the lock
    await dataSource.destroy();
  }
}

async function runPending(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query(`SET statement_timeout = 0`);
    await runner.query(`SET idle_in_transaction_session_timeout = 0`);
    await runner.query(`SET lock_timeout = '10min'`);
    await runner.query(`SELECT pg_advisory_lock($1)`, [SCHEMA_LOCK]);
    // statements of an old version still at work must not queue behind a schema change for long
    await runner.query(`SET lock_timeout = '10s'`);
    const executor = new MigrationExecutor(dataSource, runner);
    executor.transaction = 'each';
    const ran = await executor.executePendingMigrations();
    warnOfUnknown(dataSource, await executor.getExecutedMigrations());
    return ran.map(({ name }) => name);
  } finally {
    await runner.release();
  }
}

function warnOfUnknown(dataSource: DataSource, executed: readonly { readonly name: string }[]): void {
  const known = new Set(dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name));
  const unknown = executed.filter(({ name }) => !known.has(name)).map(({ name }) => name);
  if (unknown.length === 0) return;
  logger.warn(`The database is ahead of this version (${unknown.join(', ')}). Going on beside the newer one.`);
}
