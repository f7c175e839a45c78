import { addSeconds } from '../../kernel/clock';
import type { SigningAlgorithm } from './signing-key';
import { SLACK_SECONDS } from './token-lifetimes';

/** What the schedule needs to know of a key. */
export interface ScheduledKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly signsFrom: Date;
}

export interface RotationRules {
  readonly algorithm: SigningAlgorithm;
  /** How long a key is published before it signs. */
  readonly leadSeconds: number;
  /** How long a key signs. */
  readonly rotationSeconds: number;
  /** The longest life of an access token of any contract. */
  readonly longestAccessSeconds: number;
}

/**
 * Which key signs, when the next one is published, and when a former one goes: all from the instant each begins to
 * sign, so that every process comes to the same answer from the same rows.
 */
export class SigningKeySchedule {
  constructor(private readonly rules: RotationRules) {}

  /** The newest key whose time has come; before any time has come, the first (a clock that is a moment behind). */
  current<K extends ScheduledKey>(keys: readonly K[], now: Date): K | null {
    const ordered = inOrder(keys);
    return ordered.findLast((key) => key.signsFrom <= now) ?? ordered[0] ?? null;
  }

  /** The published key that will sign next, if there is one already. */
  next<K extends ScheduledKey>(keys: readonly K[], now: Date): K | null {
    return inOrder(keys).find((key) => key.signsFrom > now) ?? null;
  }

  /** Whether the next key must be published now, for the current one to sign no longer than its time. */
  isNextDue(keys: readonly ScheduledKey[], now: Date): boolean {
    const current = this.current(keys, now);
    if (!current) return true;
    if (this.next(keys, now)) return false;
    if (current.algorithm !== this.rules.algorithm) return true;
    return addSeconds(current.signsFrom, this.rules.rotationSeconds - this.rules.leadSeconds) <= now;
  }

  /** The first key signs at once: nobody can have cached a set without it. Later ones wait for caches to hear. */
  nextSignsFrom(keys: readonly ScheduledKey[], now: Date): Date {
    return keys.length === 0 ? now : addSeconds(now, this.rules.leadSeconds);
  }

  /** Former keys whose last access token has expired. */
  retired<K extends ScheduledKey>(keys: readonly K[], now: Date): K[] {
    const ordered = inOrder(keys);
    return ordered.filter((_, index) => {
      const successor = ordered[index + 1];
      return successor && addSeconds(successor.signsFrom, this.rules.longestAccessSeconds + SLACK_SECONDS) <= now;
    });
  }

  /**
   * How long others may cache the published set: half the lead at most, so that a set fetched just before a key was
   * published has gone before that key signs.
   */
  get jwksMaxAgeSeconds(): number {
    return Math.min(300, Math.floor(this.rules.leadSeconds / 2));
  }
}

function inOrder<K extends ScheduledKey>(keys: readonly K[]): K[] {
  return [...keys].sort((a, b) => a.signsFrom.getTime() - b.signsFrom.getTime() || (a.kid < b.kid ? -1 : 1));
}
