/** One charge to a budget, and how the budget stands after it. */
export interface BudgetCharge {
  /** Whether the charge was taken. A refused one changes nothing. */
  readonly isWithin: boolean;
  /** What has been used in this window. */
  readonly used: number;
  /** When the window ends: names the window, for giving back. */
  readonly resetsAt: Date;
  /** Whole seconds until then, at least 1. */
  readonly resetSeconds: number;
}

/**
 * What networks have used, in windows that begin with their first use. A port: processes share budgets through
 * PostgreSQL or Redis. Losing them (a crash) costs a window, so lockout never lives here.
 */
export abstract class NetworkBudgets {
  /** Takes `cost` from the budget, if that much is left of `limit`, in one atomic step. */
  abstract charge(key: string, windowSeconds: number, limit: number, cost?: number): Promise<BudgetCharge>;

  /** Undoes a charge while its window lasts; of a window that has passed there is nothing to give back. */
  abstract giveBack(key: string, resetsAt: Date, cost?: number): Promise<void>;

  /** What has been used in the present window. */
  abstract peek(key: string): Promise<{ readonly used: number; readonly resetSeconds: number }>;

  /** Fails when budgets cannot be kept right now. */
  abstract check(): Promise<void>;
}

/** Whole seconds from `now` until `resetsAt`, at least 1: `Retry-After: 0` would invite the next refusal. */
export function secondsUntil(resetsAt: Date, now: Date): number {
  return Math.max(1, Math.ceil((resetsAt.getTime() - now.getTime()) / 1000));
}
