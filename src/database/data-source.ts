import { type DataSourceOptions, type MixedList } from 'typeorm';
import { ImpatientClient } from './impatient-client';
import { migrations } from './migrations';
import { SnakeNamingStrategy } from './snake-naming.strategy';

/** A class that TypeORM maps to a table. */
export type EntityClass = new () => object;

export interface DataSourceInput {
  /** `postgres://…`; a Unix socket's folder is its percent-encoded host. */
  readonly url: string;
  readonly entities: readonly EntityClass[];
  /** The most connections opened at once. */
  readonly poolSize: number;
  /** What the server shows in `pg_stat_activity`. */
  readonly applicationName?: string;
  /** The longest that a statement may take. */
  readonly statementTimeoutMs?: number;
  /** For migrations: no statement is too slow. */
  readonly isPatient?: boolean;
}

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 15_000;
const LOCK_TIMEOUT_MS = 10_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 15_000;

/** A poll that is given up after 3 s must not go on holding one of the two connections. */
const RESERVED_STATEMENT_TIMEOUT_MS = 2_500;
const RESERVED_POOL_SIZE = 2;

/**
 * The few connections of `Database.reserved`, of a pool of their own: what decides whether anybody is let in is never
 * behind the crowd that waits for the other one.
 */
export function reservedDataSourceOptions(url: string): DataSourceOptions {
  return dataSourceOptions({
    url,
    entities: [],
    poolSize: RESERVED_POOL_SIZE,
    applicationName: 'latchkey polls',
    statementTimeoutMs: RESERVED_STATEMENT_TIMEOUT_MS,
  });
}

/** How every process of ours talks to PostgreSQL: the service, the command line tools and the tests. */
export function dataSourceOptions(input: DataSourceInput): DataSourceOptions {
  const statementTimeoutMs = input.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  return {
    type: 'postgres',
    url: input.url,
    entities: [...input.entities] as MixedList<EntityClass>,
    migrations: [...migrations],
    migrationsTableName: 'migrations',
    // the service runs them itself, under a lock that TypeORM does not take
    migrationsRun: false,
    synchronize: false,
    namingStrategy: new SnakeNamingStrategy(),
    // no extension is needed: uuids are made by the service
    installExtensions: false,
    // a statement's text may be logged nowhere: parameters hold addresses and digests
    logging: false,
    // every bigint here is a count or an identity, far below 2^53
    parseInt8: true,
    poolSize: input.poolSize,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    applicationName: input.applicationName ?? 'latchkey',
    extra: {
      // nothing may hold a row, or a connection of the pool, for longer than a caller would wait
      statement_timeout: statementTimeoutMs,
      lock_timeout: Math.min(LOCK_TIMEOUT_MS, statementTimeoutMs),
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
      options: '-c TimeZone=UTC',
      keepAlive: true,
      ...(input.isPatient === true ? {} : { Client: ImpatientClient }),
    },
  };
}
