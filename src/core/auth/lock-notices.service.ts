import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { Database, type Tx } from '../../database/database.service';
import { addSeconds, Clock, MINUTE_SECONDS } from '../../kernel/clock';
import { Jobs } from '../../platform/jobs/jobs.service';
import { LockList, type ListedLock } from '../lockout/lock-list.repository';
import { LockMailing } from './lock-mailing.service';

/** How soon after a lock its owner, and admins where it is the first, are told. */
const LOOK_SECONDS = 5;
/** Admins are told of what else is locked once in so long. */
const DIGEST_SECONDS = 15 * MINUTE_SECONDS;
const LOCKS_AT_ONCE = 500;

/**
 * Tells owners and admins of locks. Not in the request that brings one: whether a name has an owner must show neither in
 * its answer nor in its time, and a lock must not go untold because a process died after it.
 */
@Injectable()
export class LockNotices implements OnModuleInit {
  constructor(
    private readonly settings: Settings,
    private readonly jobs: Jobs,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly list: LockList,
    private readonly mailing: LockMailing,
  ) {}

  onModuleInit(): void {
    this.jobs.register({ name: 'tell-of-locks', everySeconds: LOOK_SECONDS, run: () => this.tell() });
  }

  private async tell(): Promise<void> {
    await this.database.transaction(async (tx) => {
      const untold = await this.list.takeUntoldToOwners(tx, this.clock.now(), LOCKS_AT_ONCE);
      for (const lock of untold) await this.mailing.tellOwner(tx, lock);
    });
    if (this.settings.adminEmails.length === 0) return;
    await this.database.transaction((tx) => this.tellAdmins(tx));
  }

  private async tellAdmins(tx: Tx): Promise<void> {
    const now = this.clock.now();
    const toldAt = await this.mailing.adminsToldAt(tx);
    if (toldAt && addSeconds(toldAt, DIGEST_SECONDS) > now) return;
    const untold = await this.list.untoldToAdmins(tx, now, LOCKS_AT_ONCE);
    // past the limit of mails nothing is written, and the locks wait for the next digest
    const isWritten = await this.write(tx, untold);
    if (!isWritten) return;
    await this.list.noteAdminsTold(
      tx,
      untold.map(({ id }) => id),
    );
  }

  private async write(tx: Tx, untold: readonly ListedLock[]): Promise<boolean> {
    const [first] = untold;
    if (!first) return false;
    const isAlone = untold.length === 1;
    if (isAlone && (await this.mailing.alertAdmins(tx, first))) return true;
    // also where the day's alerts are used up: digests have a limit of their own
    return this.mailing.sendDigest(tx, untold.length, first.lockedAt);
  }
}
