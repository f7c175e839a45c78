import { Database, statement } from '../../database/database.service';
import { addSeconds, type Clock } from '../../kernel/clock';
import { NetworkBudgets, secondsUntil, type BudgetCharge } from './network-budgets.port';

interface BudgetRow {
  readonly hits: number;
  readonly resetsAt: Date;
}

/** Budgets in PostgreSQL: what processes share when there is no Redis. */
export class PgNetworkBudgets extends NetworkBudgets {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async charge(key: string, windowSeconds: number, limit: number, cost = 1): Promise<BudgetCharge> {
    const now = this.clock.now();
    // counting and deciding are one statement, so that parallel requests get exactly the limit; past it no row comes back
    const { rows } = await statement<BudgetRow>(
      this.database.pool,
      `INSERT INTO network_budgets AS budget (key, hits, resets_at)
       SELECT $1, $4::integer, $3::timestamptz WHERE $4::integer <= $5::integer
       ON CONFLICT (key) DO UPDATE SET
         hits = CASE WHEN budget.resets_at <= $2 THEN $4 ELSE budget.hits + $4 END,
         resets_at = CASE WHEN budget.resets_at <= $2 THEN $3 ELSE budget.resets_at END
       WHERE budget.resets_at <= $2 OR budget.hits + $4 <= $5
       RETURNING hits, resets_at AS "resetsAt"`,
      [key, now, addSeconds(now, windowSeconds), cost, limit],
    );
    const [row] = rows;
    if (row) return { isWithin: true, used: row.hits, ...windowEnd(row.resetsAt, now) };
    const standing = await this.find(key);
    const resetsAt = standing && standing.resetsAt > now ? standing.resetsAt : addSeconds(now, windowSeconds);
    return { isWithin: false, used: standing?.hits ?? 0, ...windowEnd(resetsAt, now) };
  }

  override async giveBack(key: string, resetsAt: Date, cost = 1): Promise<void> {
    await statement(
      this.database.pool,
      `UPDATE network_budgets SET hits = greatest(0, hits - $3) WHERE key = $1 AND resets_at = $2`,
      [key, resetsAt, cost],
    );
  }

  override async peek(key: string): Promise<{ used: number; resetSeconds: number }> {
    const now = this.clock.now();
    const row = await this.find(key);
    if (!row || row.resetsAt <= now) return { used: 0, resetSeconds: 0 };
    return { used: row.hits, resetSeconds: secondsUntil(row.resetsAt, now) };
  }

  override async check(): Promise<void> {
    await statement(this.database.pool, 'SELECT 1');
  }

  /** Deletes the budgets whose window has passed. */
  async purge(): Promise<void> {
    await statement(this.database.pool, 'DELETE FROM network_budgets WHERE resets_at <= $1', [this.clock.now()]);
  }

  private async find(key: string): Promise<BudgetRow | null> {
    const { rows } = await statement<BudgetRow>(
      this.database.pool,
      `SELECT hits, resets_at AS "resetsAt" FROM network_budgets WHERE key = $1`,
      [key],
    );
    return rows[0] ?? null;
  }
}

function windowEnd(resetsAt: Date, now: Date): Pick<BudgetCharge, 'resetsAt' | 'resetSeconds'> {
  return { resetsAt, resetSeconds: secondsUntil(resetsAt, now) };
}
