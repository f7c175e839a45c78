import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { Database, statement } from '../../database/database.service';
import { addSeconds, Clock } from '../../kernel/clock';
import { Signals } from '../../platform/events/signals.service';
import { Poll } from './poll';
import { longestAccessSeconds, SLACK_SECONDS } from './token-lifetimes';

export const REVOCATIONS_CHANNEL = 'revocations';

const STALE_MILLISECONDS = 5000;
/** A revocation is seen when it commits, which is later than the instant it carries: each read looks back this far. */
const OVERLAP_SECONDS = 60;
/** Every so many reads everything is read, so that a commit later than the overlap is heard too. */
const FULL_READ_EVERY = 60;

interface RevocationRow {
  readonly sessionId: string;
  readonly expiresAt: Date;
}

/**
 * The sessions that have ended while access tokens of theirs may still live, in memory, so that no request waits for
 * the database to be told. The table is the truth; a signal only makes the reading sooner.
 */
@Injectable()
export class Revocations implements OnModuleInit, OnModuleDestroy {
  private readonly ended = new Map<string, number>();
  private readonly poll: Poll<RevocationRow[]>;
  private reads = 0;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly signals: Signals,
    private readonly settings: Settings,
  ) {
    this.poll = new Poll(
      'revocations',
      () => this.read(),
      (rows) => {
        this.apply(rows);
      },
    );
  }

  async onModuleInit(): Promise<void> {
    await this.poll.start();
    this.signals.subscribe(REVOCATIONS_CHANNEL, () => {
      this.poll.wake();
    });
  }

  async onModuleDestroy(): Promise<void> {
    await this.poll.stop();
  }

  isRevoked(sessionId: string): boolean {
    return this.ended.has(sessionId);
  }

  /** Whether the last good read is more than 5 seconds old: then nobody knows which sessions still live. */
  isStale(): boolean {
    return this.poll.ageMilliseconds > STALE_MILLISECONDS;
  }

  /** Makes sessions ended here refused here at once. Call it after the commit, never before: it is not taken back. */
  note(sessionIds: readonly string[]): void {
    const until = addSeconds(this.clock.now(), longestAccessSeconds(this.settings) + SLACK_SECONDS).getTime();
    for (const sessionId of sessionIds) this.ended.set(sessionId, until);
  }

  /** Deletes rows whose access tokens have all expired. Returns how many went. */
  async purge(): Promise<number> {
    const { affected } = await statement(this.database.pool, `DELETE FROM revocations WHERE expires_at < $1`, [
      this.clock.now(),
    ]);
    return affected;
  }

  private async read(): Promise<RevocationRow[]> {
    const now = this.clock.now();
    const isFull = this.reads % FULL_READ_EVERY === 0;
    const { rows } = await statement<RevocationRow>(
      this.database.reserved,
      isFull
        ? `SELECT session_id AS "sessionId", expires_at AS "expiresAt" FROM revocations WHERE expires_at > $1`
        : `SELECT session_id AS "sessionId", expires_at AS "expiresAt" FROM revocations WHERE revoked_at > $1`,
      [isFull ? now : addSeconds(now, -OVERLAP_SECONDS)],
    );
    return rows;
  }

  private apply(rows: readonly RevocationRow[]): void {
    for (const row of rows) this.ended.set(row.sessionId, row.expiresAt.getTime());
    this.reads += 1;
    if (this.reads % FULL_READ_EVERY === 0) this.forgetExpired();
  }

  private forgetExpired(): void {
    const now = this.clock.now().getTime();
    for (const [sessionId, until] of this.ended) if (until <= now) this.ended.delete(sessionId);
  }
}
