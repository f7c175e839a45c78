import {
  cleared,
  EMPTY_HISTORY,
  isLocked,
  isVoid,
  rested,
  stateOf,
  withFailure,
  withoutFailure,
  type BucketHistory,
  type BucketRules,
} from '../../src/core/lockout/lockout.policy';

/** What an attempt brings: it is admitted, refused for so long, or the bucket is nobody's any more. */
export type Verdict =
  | { readonly kind: 'admitted'; readonly at: Date; readonly hasLocked: boolean }
  | { readonly kind: 'locked'; readonly seconds: number }
  | { readonly kind: 'void' };

/** One bucket as the policy alone has it: in memory, never purged. */
export class BucketModel {
  private history: BucketHistory | null = null;

  constructor(
    private readonly rules: BucketRules,
    private readonly clearsOnSuccess: boolean,
  ) {}

  admit(now: Date): Verdict {
    const history = rested(this.history ?? EMPTY_HISTORY, now, this.rules);
    const state = stateOf(history, this.rules);
    if (isLocked(state, now)) {
      const seconds = Math.ceil(((state.lockedUntil?.getTime() ?? 0) - now.getTime()) / 1000);
      return { kind: 'locked', seconds: Math.max(1, seconds) };
    }
    if (isVoid(state, this.rules)) {
      this.forget();
      return { kind: 'void' };
    }
    this.history = withFailure(history, now);
    return { kind: 'admitted', at: now, hasLocked: isLocked(stateOf(this.history, this.rules), now) };
  }

  settle(at: Date, hasSucceeded: boolean): void {
    if (!this.history) return;
    const history = withoutFailure(this.history, at);
    this.history = hasSucceeded && this.clearsOnSuccess ? cleared(history, this.rules) : history;
    if (this.history.failures.length === 0 && this.history.level === 0) this.forget();
  }

  forget(): void {
    this.history = null;
  }

  /** What still counts at an instant. */
  remembered(now: Date): { level: number; failures: number } {
    const { level, failures } = rested(this.history ?? EMPTY_HISTORY, now, this.rules);
    return { level, failures: failures.length };
  }
}
