import { addSeconds, DAY_SECONDS, MINUTE_SECONDS } from '../../src/kernel/clock';
import {
  EMPTY_HISTORY,
  isLocked,
  rested,
  stateOf,
  withFailure,
  type BeyondRow,
  type BucketHistory,
  type BucketRules,
} from '../../src/core/lockout/lockout.policy';

export const START = new Date('2026-01-15T12:00:00.000Z');

/** The default settings. */
export function rules(beyond: BeyondRow = 'hold', more: Partial<BucketRules> = {}): BucketRules {
  return { attempts: 10, windowSeconds: DAY_SECONDS, durationSeconds: 10 * MINUTE_SECONDS, beyond, ...more };
}

export const at = (seconds: number) => addSeconds(START, seconds);

/** A bucket, and who tries at it. */
export class Trial {
  history: BucketHistory = EMPTY_HISTORY;

  constructor(readonly policy: BucketRules = rules()) {}

  /** Fails once; null where the attempt is refused, so no failure. */
  fail(seconds: number): Date | null {
    const now = at(seconds);
    const history = rested(this.history, now, this.policy);
    if (isLocked(stateOf(history, this.policy), now)) return null;
    this.history = withFailure(history, now);
    return now;
  }

  failTimes(times: number, seconds: number): void {
    for (let time = 0; time < times; time += 1) expect(this.fail(seconds)).not.toBeNull();
  }

  get state() {
    return stateOf(this.history, this.policy);
  }

  /** How long the latest lock lasts, in minutes. */
  get lockMinutes(): number {
    const { lockedAt, lockedUntil } = this.state;
    return lockedAt && lockedUntil ? (lockedUntil.getTime() - lockedAt.getTime()) / 60_000 : 0;
  }

  /** Seconds from START to the end of the latest lock. */
  get opensAt(): number {
    return ((this.state.lockedUntil?.getTime() ?? START.getTime()) - START.getTime()) / 1000;
  }

  /** Tries again the instant it may, from `seconds` on; returns the guesses made before `end`. */
  guessesUntil(end: number): number {
    let guesses = 0;
    for (let now = 0; now < end; now = Math.max(now, this.opensAt)) {
      while (this.fail(now)) guesses += 1;
    }
    return guesses;
  }
}
