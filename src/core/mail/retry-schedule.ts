import { addSeconds, DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS } from '../../kernel/clock';
import type { MailFailureKind } from './mail-transport.error';

const GIVE_UP_SECONDS = 3 * DAY_SECONDS;

interface Pace {
  /** The next pause as a part of the mail's age: pauses grow evenly without counting attempts. */
  readonly ageShare: number;
  readonly minSeconds: number;
  readonly maxSeconds: number;
}

const PACES: Record<Exclude<MailFailureKind, 'unusable'>, Pace> = {
  // short: the gate keeps the whole worker away from a server that is down, and a reset must not wait once it is back
  outage: { ageShare: 1 / 2, minSeconds: 5, maxSeconds: MINUTE_SECONDS },
  // greylisting wants some minutes
  deferred: { ageShare: 1 / 2, minSeconds: 15, maxSeconds: 15 * MINUTE_SECONDS },
  // RFC 5321 §4.2.1 asks not to repeat what was refused; a relay set up wrongly refuses in the same words, though, and is
  // mended within days
  refused: { ageShare: 1, minSeconds: HOUR_SECONDS, maxSeconds: DAY_SECONDS },
};

/** When to try a mail again; null once it is 3 days old, or when no attempt can help. */
export function nextAttemptAt(kind: MailFailureKind, createdAt: Date, now: Date): Date | null {
  const giveUpAt = addSeconds(createdAt, GIVE_UP_SECONDS);
  if (kind === 'unusable' || now >= giveUpAt) return null;
  const { ageShare, minSeconds, maxSeconds } = PACES[kind];
  const ageSeconds = (now.getTime() - createdAt.getTime()) / 1000;
  const next = addSeconds(now, Math.min(maxSeconds, Math.max(minSeconds, ageSeconds * ageShare)));
  // the last attempt is at the very end
  return next < giveUpAt ? next : giveUpAt;
}
