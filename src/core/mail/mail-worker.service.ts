import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { Database } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import { MailDelivery } from './mail-delivery.service';
import type { OutboxMail } from './mail-preparers.service';
import { LEASE_SECONDS, MailQueue } from './mail-queue.repository';
import { MailWakeups } from './mail-wakeups.service';
import { OutageGate } from './outage-gate';

/** Deliveries at once: one slow recipient holds up none of the others. */
const LANES = 4;
const POLL_MS = 1_000;
/** A wake-up comes before the commit of what woke: look again when that is likely done. */
const WAKE_MS = 50;
const RENEW_MS = (LEASE_SECONDS * 1_000) / 3;
const SHUTDOWN_GRACE_MS = 10_000;

/** Brings what is in the outbox to the mail transport. Any number of processes may run one. */
@Injectable()
export class MailWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(MailWorker.name);
  private readonly lanes = new Set<Promise<void>>();
  private readonly gate = new OutageGate(LANES);
  private readonly giveUp = new AbortController();
  private poll: NodeJS.Timeout | null = null;
  private wake: NodeJS.Timeout | null = null;
  private isStopping = false;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly queue: MailQueue,
    private readonly delivery: MailDelivery,
    private readonly wakeups: MailWakeups,
  ) {}

  onApplicationBootstrap(): void {
    this.poll = setInterval(() => {
      this.openLane();
    }, POLL_MS);
    this.wakeups.onRing(() => {
      this.wakeSoon();
    });
  }

  /** Delivers whatever is due now and resolves when nothing is left in hand. */
  async runDue(): Promise<void> {
    this.openLane();
    while (this.lanes.size > 0) await Promise.all(this.lanes);
  }

  /** Takes no more mails, lets those in hand finish, and gives up on them after 10 seconds. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    if (this.poll) clearInterval(this.poll);
    if (this.wake) clearTimeout(this.wake);
    const inHand = Promise.all(this.lanes);
    const grace = new AbortController();
    const late = pause(SHUTDOWN_GRACE_MS, undefined, { signal: grace.signal }).then(
      () => {
        this.giveUp.abort();
      },
      // the grace was not needed
      () => undefined,
    );
    await inHand;
    grace.abort();
    await late;
  }

  private wakeSoon(): void {
    if (this.wake !== null || this.isStopping) return;
    this.wake = setTimeout(() => {
      this.wake = null;
      this.openLane();
    }, WAKE_MS);
  }

  private openLane(): void {
    if (this.isStopping || this.lanes.size >= this.gate.lanes(this.clock.now())) return;
    const lane = this.run()
      .catch((error: unknown) => {
        // the database is gone or going: the poll tries again, and leases bring back what was in hand
        this.logger.error('The outbox cannot be read or written', error instanceof Error ? error.stack : undefined);
      })
      .finally(() => this.lanes.delete(lane));
    this.lanes.add(lane);
  }

  private async run(): Promise<void> {
    while (!this.isStopping && this.lanes.size <= this.gate.lanes(this.clock.now())) {
      const mail = await this.queue.claim(this.database.pool, this.clock.now());
      if (mail === null) return;
      // there may be more: the next lane looks while this one delivers
      this.openLane();
      await this.deliver(mail);
    }
  }

  private async deliver(mail: OutboxMail): Promise<void> {
    const lost = new AbortController();
    const renewal = setInterval(() => void this.renew(mail, lost), RENEW_MS);
    try {
      const outcome = await this.delivery.deliver(mail, AbortSignal.any([lost.signal, this.giveUp.signal]));
      if (outcome === 'reached') this.gate.reached();
      if (outcome === 'unreachable') this.gate.unreachable(this.clock.now());
    } finally {
      clearInterval(renewal);
    }
  }

  private async renew(mail: OutboxMail, lost: AbortController): Promise<void> {
    try {
      if (!(await this.queue.renew(this.database.pool, mail, this.clock.now()))) lost.abort();
    } catch (error) {
      const stack = error instanceof Error ? error.stack : undefined;
      this.logger.warn(`The lease of mail ${mail.id} could not be renewed; trying again`, stack);
    }
  }
}
