import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings';
import type { Tx } from '../../database/database.service';
import type { Factor } from '../lockout/bucket';
import type { ListedLock } from '../lockout/lock-list.repository';
import type { MailFacts } from '../mail/mail-preparers.service';
import { Outbox } from '../mail/outbox.service';
import { Users } from '../user/users.repository';

/** Writes the mails about locks into the outbox. Their links are drawn as they are handed over. */
@Injectable()
export class LockMailing {
  constructor(
    private readonly settings: Settings,
    private readonly users: Users,
    private readonly outbox: Outbox,
  ) {}

  /** An address that was never proved is told nothing: it gives no authority, least of all over a lock. */
  async tellOwner(tx: Tx, lock: ListedLock): Promise<void> {
    const user = await this.users.findById(tx, lock.userId);
    if (!user?.email || !user.emailVerifiedAt) return;
    await this.outbox.enqueue(tx, {
      kind: OWNERS_MAIL[lock.factor],
      recipient: user.email,
      locale: user.locale,
      userId: user.id,
      facts: factsOf(lock),
      urgency: 'notice',
    });
  }

  /** When admins were last written to about any lock. Asked of the outbox: a lock's own row goes as the lock is lifted. */
  async adminsToldAt(tx: Tx): Promise<Date | null> {
    const [recipient] = this.settings.adminEmails;
    return recipient === undefined ? null : this.outbox.latestTo(tx, recipient, ['lock-alert', 'lock-digest']);
  }

  /** Returns whether any admin is told. */
  alertAdmins(tx: Tx, lock: ListedLock): Promise<boolean> {
    return this.writeToAdmins(tx, 'lock-alert', factsOf(lock), lock.userId);
  }

  /** Returns whether any admin is told. */
  sendDigest(tx: Tx, count: number, since: Date): Promise<boolean> {
    return this.writeToAdmins(tx, 'lock-digest', { count, sinceIso: since.toISOString() }, null);
  }

  private async writeToAdmins(tx: Tx, kind: string, facts: MailFacts, userId: string | null): Promise<boolean> {
    let isWritten = false;
    for (const recipient of this.settings.adminEmails) {
      const mail = { kind, recipient, userId, facts, urgency: 'notice' } as const;
      if (await this.outbox.enqueue(tx, mail)) isWritten = true;
    }
    return isWritten;
  }
}

/** A lock at mailed codes is nobody's, so there is no owner to tell: see `Buckets.mailedCodesTo`. */
const OWNERS_MAIL: Readonly<Record<Factor, string>> = {
  secret: 'sign-in-locked',
  'second-factor': 'second-factor-locked',
  'mailed-code': 'second-factor-locked',
  recovery: 'recovery-locked',
};

function factsOf({ lockedAt, lockedUntil, failures, networks, standing, factor }: ListedLock): MailFacts {
  return {
    whenIso: lockedAt.toISOString(),
    untilIso: lockedUntil.toISOString(),
    failures,
    networks: networks.join(', '),
    standing,
    factor,
  };
}
