import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '../../database/database.service';
import { addSeconds, DAY_SECONDS } from '../../kernel/clock';
import type { OutboxMail } from './mail-preparers.service';

/** How long a claimed row belongs to its worker unless renewed: after a crash somebody else takes it then. */
export const LEASE_SECONDS = 15;

const KEEP_FINISHED_DAYS = 2;
const KEEP_FAILED_DAYS = 30;

/** The outbox as the delivering side sees it. Every change is fenced: it holds only for whoever claimed the row last. */
@Injectable()
export class MailQueue {
  /** Takes one due mail and leases it, those that people asked for first. Two workers never get the same one. */
  async claim(tx: Tx, now: Date): Promise<OutboxMail | null> {
    const { rows } = await statement<OutboxMail>(tx, CLAIM, [now, addSeconds(now, LEASE_SECONDS)]);
    return rows[0] ?? null;
  }

  /** @returns false when the row is no longer this worker's: it must not be sent. */
  async renew(tx: Tx, mail: OutboxMail, now: Date): Promise<boolean> {
    // GREATEST: a renewal that comes late must not bring forward a mail that was just put off
    return this.change(tx, mail, 'next_attempt_at = GREATEST(next_attempt_at, $3)', [addSeconds(now, LEASE_SECONDS)]);
  }

  /** `error` says what happened without a word of the mail itself. */
  async finish(
    tx: Tx,
    mail: OutboxMail,
    state: 'sent' | 'dropped' | 'failed',
    now: Date,
    error: string | null = null,
  ): Promise<boolean> {
    return this.change(tx, mail, 'state = $3, finished_at = $4, last_error = $5', [state, now, error]);
  }

  async postpone(tx: Tx, mail: OutboxMail, nextAttemptAt: Date, error: string): Promise<boolean> {
    return this.change(tx, mail, 'next_attempt_at = $3, last_error = $4', [nextAttemptAt, error]);
  }

  /** Sent and dropped mails go after 2 days (the limits look back one), failed ones stay 30 for admins to see. */
  async purge(tx: Tx, now: Date): Promise<number> {
    const { affected } = await statement(
      tx,
      `DELETE FROM mail_outbox
       WHERE (state IN ('sent', 'dropped') AND created_at < $1 AND finished_at < $1)
          OR (state = 'failed' AND created_at < $2 AND finished_at < $2)`,
      [addSeconds(now, -KEEP_FINISHED_DAYS * DAY_SECONDS), addSeconds(now, -KEEP_FAILED_DAYS * DAY_SECONDS)],
    );
    return affected;
  }

  private async change(tx: Tx, mail: OutboxMail, assignments: string, values: readonly unknown[]): Promise<boolean> {
    const { affected } = await statement(
      tx,
      `UPDATE mail_outbox SET ${assignments} WHERE id = $1 AND attempts = $2 AND state = 'pending'`,
      [mail.id, mail.attempt, ...values],
    );
    return affected === 1;
  }
}

/** One priority at a time, so that each look-up is a range of the index however many rows wait for a later attempt. */
const nextDue = (priority: number) => `
  (SELECT id FROM mail_outbox
   WHERE state = 'pending' AND priority = ${priority} AND next_attempt_at <= $1
   ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED)`;

const CLAIM = `
  UPDATE mail_outbox SET attempts = attempts + 1, next_attempt_at = $2
  WHERE id = COALESCE(${nextDue(0)}, ${nextDue(1)})
  RETURNING id, kind, recipient, locale, facts, ticket_id AS "ticketId", user_id AS "userId",
            attempts AS "attempt", created_at AS "createdAt"`;
