import { addSeconds, DAY_SECONDS, HOUR_SECONDS } from '../../kernel/clock';

/** What a bucket becomes after as many failures in a row as are its share (`FAILURES_IN_A_ROW`). */
export type BeyondRow =
  /** Stays locked until it is lifted, or for 90 quiet days (NIST SP 800-63B-4 §3.2.2). */
  | 'hold'
  /** One attempt a day, for what has no mail to come back by. */
  | 'slow'
  /** Nobody's bucket any more: who was known by it is a stranger. */
  | 'void'
  /** Closed for a week, and then as new: for a way in that is one of several, and a weak one. */
  | 'pause';

export interface BucketRules {
  /** Failures within `windowSeconds` that lock. */
  readonly attempts: number;
  readonly windowSeconds: number;
  /** Of the first lock; each one after it lasts twice as long, up to the longest there is (`pause`: an hour, else a day). */
  readonly durationSeconds: number;
  readonly beyond: BeyondRow;
}

/** What a bucket remembers. Everything else follows from it, and from the rules. */
export interface BucketHistory {
  /** Doublings that the next lock has, as of `levelAt`: carried over where failures were cleared. */
  readonly level: number;
  readonly levelAt: Date | null;
  /** When an attempt was reserved that was not given back; ascending. */
  readonly failures: readonly Date[];
}

export interface BucketState {
  /** Failures in a row. */
  readonly inRow: number;
  /** When the latest lock began and when it ends; null where there never was one. */
  readonly lockedAt: Date | null;
  readonly lockedUntil: Date | null;
}

/** Failures in a row after which a bucket is not simply locked again. */
export const FAILURES_IN_A_ROW: Readonly<Record<BeyondRow, number>> = { hold: 100, slow: 100, void: 100, pause: 20 };
/** How long a lock lasts at most before that. */
const LONGEST_LOCK_SECONDS: Readonly<Record<BeyondRow, number>> = {
  hold: DAY_SECONDS,
  slow: DAY_SECONDS,
  void: DAY_SECONDS,
  pause: HOUR_SECONDS,
};
/** How long each failure locks from then on; null: as before. */
const BEYOND_SECONDS: Readonly<Record<BeyondRow, number | null>> = {
  hold: 90 * DAY_SECONDS,
  slow: DAY_SECONDS,
  void: null,
  pause: 7 * DAY_SECONDS,
};
const QUIET_SECONDS: Readonly<Record<BeyondRow, number>> = {
  hold: 90 * DAY_SECONDS,
  // longer than a hundred tries take at one a day: else pausing would bring more of them
  slow: 180 * DAY_SECONDS,
  // as long as a device is known; a success ends the row
  void: 365 * DAY_SECONDS,
  // as long as the pause: neither waiting before it nor waiting through it brings more tries
  pause: 7 * DAY_SECONDS,
};
/** A stranger's only failure is forgotten sooner: else names that nobody has would fill the table. */
const LONE_QUIET_SECONDS = 7 * DAY_SECONDS;
/** More than any decision looks at: only a bucket that is tried once a day for months has so many. */
const KEPT_FAILURES = 256;

export const EMPTY_HISTORY: BucketHistory = { level: 0, levelAt: null, failures: [] };

interface Walk {
  inRow: number;
  level: number;
  /** The last failure, or the end of the lock it brought: quiet is counted from here. */
  quietFrom: Date | null;
  lastFailureAt: Date | null;
  lockedAt: Date | null;
  lockedUntil: Date | null;
  window: Date[];
}

/** Where a bucket stands after its failures. A pure function: two processes that see the same history agree. */
export function stateOf(history: BucketHistory, rules: BucketRules): BucketState {
  const { inRow, lockedAt, lockedUntil } = walkThrough(history, rules);
  return { inRow, lockedAt, lockedUntil };
}

export function isLocked({ lockedUntil }: Pick<BucketState, 'lockedUntil'>, now: Date): boolean {
  return lockedUntil !== null && now < lockedUntil;
}

/** Whether a bucket of this kind is nobody's any more. */
export function isVoid({ inRow }: BucketState, { beyond }: BucketRules): boolean {
  return beyond === 'void' && inRow >= FAILURES_IN_A_ROW.void;
}

/** The history without what no longer counts at an instant. */
export function rested(history: BucketHistory, now: Date, rules: BucketRules): BucketHistory {
  const walk = walkThrough(history, rules);
  rest(walk, now, rules);
  if (walk.inRow > 0) return history;
  return walk.level === 0 ? EMPTY_HISTORY : { level: walk.level, levelAt: walk.quietFrom, failures: [] };
}

/** The history with one more failure, the latest. */
export function withFailure({ level, levelAt, failures }: BucketHistory, at: Date): BucketHistory {
  return { level, levelAt, failures: [...failures, at].slice(-KEPT_FAILURES) };
}

/** The history as if the failure of that instant had not been: an attempt is given back. */
export function withoutFailure(history: BucketHistory, at: Date): BucketHistory {
  const index = history.failures.findIndex((failure) => failure.getTime() === at.getTime());
  return index < 0 ? history : { ...history, failures: history.failures.filter((_, other) => other !== index) };
}

/** After a success of who is known by the bucket: nothing counts any more, but the doublings only fall with quiet days. */
export function cleared(history: BucketHistory, rules: BucketRules): BucketHistory {
  const { level, quietFrom } = walkThrough(history, rules);
  return { level, levelAt: quietFrom, failures: [] };
}

/** When the bucket is as new, if nothing more fails: its row may go. */
export function forgottenAt(history: BucketHistory, rules: BucketRules): Date {
  const { inRow, level, quietFrom, lastFailureAt } = walkThrough(history, rules);
  const levelFallsAt = quietFrom ? addSeconds(quietFrom, level * DAY_SECONDS) : new Date(0);
  const rowEndsAt = lastFailureAt ? addSeconds(lastFailureAt, forgottenAfterSeconds(inRow, rules)) : new Date(0);
  return levelFallsAt > rowEndsAt ? levelFallsAt : rowEndsAt;
}

/** Quiet seconds after which failures no longer count as being in a row. */
function forgottenAfterSeconds(inRow: number, { beyond }: BucketRules): number {
  return inRow === 1 && beyond !== 'void' ? LONE_QUIET_SECONDS : QUIET_SECONDS[beyond];
}

function walkThrough({ level, levelAt, failures }: BucketHistory, rules: BucketRules): Walk {
  const walk = fresh(level, levelAt);
  for (const at of failures) fail(walk, at, rules);
  return walk;
}

function fresh(level: number, quietFrom: Date | null): Walk {
  return { inRow: 0, level, quietFrom, lastFailureAt: null, lockedAt: null, lockedUntil: null, window: [] };
}

function fail(walk: Walk, at: Date, rules: BucketRules): void {
  rest(walk, at, rules);
  walk.inRow += 1;
  walk.lastFailureAt = at;
  walk.window = [...walk.window.filter((earlier) => secondsBetween(earlier, at) < rules.windowSeconds), at];
  const beyondSeconds = walk.inRow >= FAILURES_IN_A_ROW[rules.beyond] ? BEYOND_SECONDS[rules.beyond] : null;
  if (beyondSeconds !== null || walk.window.length >= rules.attempts) {
    lock(walk, at, beyondSeconds ?? doubled(rules, walk.level));
    walk.level = Math.min(walk.level + 1, highestLevel(rules));
  }
  walk.quietFrom = walk.lockedUntil !== null && walk.lockedUntil > at ? walk.lockedUntil : at;
}

/** What the quiet time up to an instant has mended. */
function rest(walk: Walk, at: Date, rules: BucketRules): void {
  if (walk.quietFrom) {
    const fallen = Math.max(0, Math.floor(secondsBetween(walk.quietFrom, at) / DAY_SECONDS));
    walk.level = Math.max(0, walk.level - fallen);
    walk.quietFrom = addSeconds(walk.quietFrom, fallen * DAY_SECONDS);
  }
  const isForgotten =
    walk.lastFailureAt !== null && secondsBetween(walk.lastFailureAt, at) >= forgottenAfterSeconds(walk.inRow, rules);
  if (isForgotten) Object.assign(walk, fresh(walk.level, walk.quietFrom));
}

/** The failures that brought a lock are used up by it. */
function lock(walk: Walk, at: Date, seconds: number): void {
  walk.lockedAt = at;
  walk.lockedUntil = addSeconds(at, seconds);
  walk.window = [];
}

function doubled({ durationSeconds, beyond }: BucketRules, level: number): number {
  return Math.min(durationSeconds * 2 ** level, LONGEST_LOCK_SECONDS[beyond]);
}

/** The level at which a lock lasts as long as any: quiet days count down from there. */
function highestLevel({ durationSeconds, beyond }: BucketRules): number {
  return Math.max(0, Math.ceil(Math.log2(LONGEST_LOCK_SECONDS[beyond] / durationSeconds)));
}

function secondsBetween(earlier: Date, later: Date): number {
  return (later.getTime() - earlier.getTime()) / 1000;
}
