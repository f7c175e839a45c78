import { randomInt } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { isRetryable } from './database-errors';

/** One transaction, or the pool itself: whatever a repository runs its statements on. */
export type Tx = EntityManager;

export interface StatementResult<Row> {
  readonly rows: Row[];
  /** Rows inserted, changed or deleted. */
  readonly affected: number;
}

const TRIES = 6;
/** Doubled with each try: those that met in a deadlock must not meet there again. */
const PAUSE_MS = 5;

/** The database as the rooms see it: statements, and transactions that are run again when PostgreSQL asks for it. */
export class Database {
  constructor(
    private readonly dataSource: DataSource,
    private readonly reservedSource: DataSource = dataSource,
  ) {}

  /** For statements that need no transaction of their own. */
  get pool(): Tx {
    return this.dataSource.manager;
  }

  /**
   * For the short reads that decide whether this process serves anybody: two connections that no request waits for or
   * takes, however many wait for the pool. No statement lasts longer than 2.5 s there.
   */
  get reserved(): Tx {
    return this.reservedSource.manager;
  }

  /**
   * Runs `work` in one READ COMMITTED transaction. A deadlock or serialization failure (SQLSTATE class 40) runs it
   * again from its start, so `work` must do nothing outside the transaction.
   */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.dataSource.transaction(work);
      } catch (error) {
        if (attempt >= TRIES || !isRetryable(error)) throw error;
        await setTimeout(randomInt(PAUSE_MS * 2 ** attempt));
      }
    }
  }
}

/** Runs one SQL statement with positional parameters. Column names come back as written: alias them to camelCase. */
export async function statement<Row = Record<string, unknown>>(
  tx: Tx,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<StatementResult<Row>> {
  const runner = tx.queryRunner;
  if (runner) return structured(await runner.query(sql, [...parameters], true));
  const own = tx.dataSource.createQueryRunner();
  try {
    return structured(await own.query(sql, [...parameters], true));
  } finally {
    await own.release();
  }
}

function structured<Row>(result: { records?: unknown[]; affected?: number | null }): StatementResult<Row> {
  return { rows: (result.records ?? []) as Row[], affected: result.affected ?? 0 };
}

/** Inside a transaction: undoes only `work` when it throws, so that the transaction can go on. */
export async function savepoint<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  await statement(tx, 'SAVEPOINT attempt');
  try {
    const result = await work();
    await statement(tx, 'RELEASE SAVEPOINT attempt');
    return result;
  } catch (error) {
    await statement(tx, 'ROLLBACK TO SAVEPOINT attempt');
    throw error;
  }
}

/** Holds everything that names the same thing back until this transaction ends, whether or not it has a row yet. */
export async function lockName(tx: Tx, scope: string, name: string): Promise<void> {
  await statement(tx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`${scope}:${name}`]);
}
