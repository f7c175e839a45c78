import { AsyncLocalStorage } from 'node:async_hooks';
import type { InjectOptions, Response } from 'light-my-request';
import { DataSource, type Logger } from 'typeorm';
import { MailWorker } from '../../src/core/mail/mail-worker.service';
import { HashPool } from '../../src/platform/hashing/hash-pool.service';
import type { TestApp } from './test-app';

/** What the service did for one request. */
export interface Work {
  readonly statements: readonly string[];
  /** The work factor of every hash that was computed. */
  readonly hashes: readonly string[];
  /** By table: rows inserted or changed, and how many more there are than before. */
  readonly rows: Readonly<Record<string, { readonly written: number; readonly added: number }>>;
}

interface Recording {
  readonly statements: string[];
  readonly hashes: string[];
}

const BCRYPT_PREFIX = /^\$2b\$\d\d\$/;

/** Writes down what single requests cost. What the service does on its own account meanwhile is not theirs. */
export class WorkRecorder {
  private readonly current = new AsyncLocalStorage<Recording>();

  private constructor(
    private readonly service: TestApp,
    private readonly tables: readonly string[],
  ) {}

  /** From now on no mail is delivered: mails are prepared after their request, and would only blur what it wrote. */
  static async attach(service: TestApp): Promise<WorkRecorder> {
    await service.app.get(MailWorker, { strict: false }).beforeApplicationShutdown();
    const tables = await service.database.dataSource.query<{ name: string }[]>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations' ORDER BY 1`,
    );
    const recorder = new WorkRecorder(
      service,
      tables.map(({ name }) => name),
    );
    recorder.watch();
    return recorder;
  }

  async record(request: InjectOptions): Promise<{ answer: Response; work: Work }> {
    const recording: Recording = { statements: [], hashes: [] };
    const before = await this.count('0');
    const [mark] = await this.service.database.dataSource.query<{ id: string }[]>(
      'SELECT pg_current_xact_id()::text AS id',
    );
    // awaited inside: an injected request starts only when somebody waits for it
    const answer = await this.current.run(recording, async () => await this.service.inject(request));
    const work = { statements: [...recording.statements], hashes: [...recording.hashes] };
    const after = await this.count(mark?.id ?? '0');
    const changed = this.tables
      .map((table) => {
        const added = (after[table]?.total ?? 0) - (before[table]?.total ?? 0);
        return [table, { written: after[table]?.written ?? 0, added }] as const;
      })
      .filter(([, { written, added }]) => written > 0 || added !== 0);
    return { answer, work: { ...work, rows: Object.fromEntries(changed) } };
  }

  private watch(): void {
    const note = (sql: string) => this.current.getStore()?.statements.push(sql.replace(/\s+/g, ' ').trim());
    const ignore = () => undefined;
    const logger: Logger = {
      logQuery: note,
      logQueryError: ignore,
      logQuerySlow: ignore,
      logSchemaBuild: ignore,
      logMigration: ignore,
      log: ignore,
    };
    this.service.app.get(DataSource, { strict: false }).logger = logger;
    const pool = this.service.app.get(HashPool, { strict: false });
    const run = pool.run.bind(pool);
    jest.spyOn(pool, 'run').mockImplementation((task, grade) => {
      this.current.getStore()?.hashes.push(BCRYPT_PREFIX.exec(task.salt)?.[0] ?? task.salt);
      return run(task, grade);
    });
  }

  /** Rows there are, and those whose present version is of transaction `since` or later. */
  private async count(since: string): Promise<Record<string, { total: number; written: number }>> {
    const sql = this.tables
      .map(
        (table) =>
          `SELECT '${table}' AS "table", count(*)::int AS total,
             count(*) FILTER (WHERE xmin::text::bigint >= $1::bigint)::int AS written FROM ${table}`,
      )
      .join(' UNION ALL ');
    const rows = await this.service.database.dataSource.query<{ table: string; total: number; written: number }[]>(
      sql,
      [since],
    );
    return Object.fromEntries(rows.map(({ table, ...counts }) => [table, counts]));
  }
}
