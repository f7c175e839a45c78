import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '../../database/database.service';
import { canonicalIdentifier } from '../../kernel/canonical';
import { addSeconds, Clock, DAY_SECONDS, HOUR_SECONDS } from '../../kernel/clock';
import { newId } from '../../kernel/ids';
import { MailWakeups } from './mail-wakeups.service';
import type { MailFacts } from './mail-preparers.service';

export interface MailRequest {
  /** Which preparer makes the mail; the limits count by it. */
  readonly kind: string;
  readonly recipient: string;
  readonly locale?: string | null;
  /** Never a secret: the worker draws those as it hands the mail over. */
  readonly facts?: MailFacts;
  readonly ticketId?: string | null;
  readonly userId?: string | null;
  /** `asked`: somebody waits for it, it goes first. `notice`: it tells of something that happened. */
  readonly urgency: 'asked' | 'notice';
  /** The request came from a device that the recipient's account knows. Notices always count as vouched for. */
  readonly isVouched?: boolean;
}

export const MAILS_AN_HOUR = 5;
export const MAILS_A_DAY = 20;
/** What strangers may use of it together; the rest is kept for the owner, whom they could shut out of recovery else. */
export const STRANGERS_MAILS_AN_HOUR = 4;
export const STRANGERS_MAILS_A_DAY = 15;

/** First key of the advisory locks on recipients; the two-key form has a space of its own. */
const RECIPIENT_LOCK = 0x6d61696c;

/** Where the rest of the core leaves its mails. */
@Injectable()
export class Outbox {
  constructor(
    private readonly clock: Clock,
    private readonly wakeups: MailWakeups,
  ) {}

  /**
   * Writes a mail into the transaction of what it tells about, so that there is never one without the other. Runs the
   * same two statements whoever the recipient is: whether anybody has the address is found out at delivery.
   *
   * @returns false when the address has had its share: at most 5 mails of a kind an hour and 20 a day, of which 4
   * and 15 may be mails that nobody vouches for. Nothing is written then; the caller must answer as if it were.
   */
  async enqueue(tx: Tx, mail: MailRequest): Promise<boolean> {
    const recipient = storable(mail.recipient);
    const canonical = canonicalIdentifier(recipient);
    // A statement of its own: the count below needs a snapshot that is taken after the lock is held.
    await statement(tx, 'SELECT pg_advisory_xact_lock($1::int, hashtext($2))', [RECIPIENT_LOCK, canonical]);
    const now = this.clock.now();
    const { affected } = await statement(tx, INSERT_WITHIN_LIMITS, [
      newId(),
      mail.kind,
      recipient,
      canonical,
      mail.locale ?? null,
      JSON.stringify(storableFacts(mail.facts ?? {})),
      mail.ticketId ?? null,
      mail.userId ?? null,
      mail.urgency === 'asked' ? 0 : 1,
      now,
      addSeconds(now, -HOUR_SECONDS),
      MAILS_AN_HOUR,
      addSeconds(now, -DAY_SECONDS),
      MAILS_A_DAY,
      mail.urgency === 'notice' || mail.isVouched === true,
      STRANGERS_MAILS_AN_HOUR,
      STRANGERS_MAILS_A_DAY,
    ]);
    this.wakeups.ring();
    return affected === 1;
  }

  /** When the latest mail of some kinds to an address was asked for, as far as the outbox remembers (two days). */
  async latestTo(tx: Tx, recipient: string, kinds: readonly string[]): Promise<Date | null> {
    const { rows } = await statement<{ at: Date | null }>(
      tx,
      `SELECT max(created_at) AS at FROM mail_outbox WHERE recipient_canonical = $1 AND kind = ANY ($2::text[])`,
      [canonicalIdentifier(storable(recipient)), kinds],
    );
    return rows[0]?.at ?? null;
  }
}

const INSERT_WITHIN_LIMITS = `
  INSERT INTO mail_outbox (id, kind, recipient, recipient_canonical, locale, facts, ticket_id, user_id, priority,
                           is_vouched, state, next_attempt_at, created_at)
  SELECT $1::uuid, $2::text, $3::text, $4::text, $5::text, $6::jsonb, $7::uuid, $8::uuid, $9::smallint,
         $15::boolean, 'pending', $10::timestamptz, $10::timestamptz
  FROM (SELECT count(*) FILTER (WHERE created_at > $11::timestamptz) AS hour,
               count(*) AS day,
               count(*) FILTER (WHERE created_at > $11::timestamptz AND NOT is_vouched) AS strangers_hour,
               count(*) FILTER (WHERE NOT is_vouched) AS strangers_day
        FROM mail_outbox
        WHERE recipient_canonical = $4 AND kind = $2 AND created_at > $13::timestamptz) AS used
  WHERE hour < $12::int AND day < $14::int
    AND ($15::boolean OR (strangers_hour < $16::int AND strangers_day < $17::int))`;

/** PostgreSQL stores neither NUL nor lone surrogates: a fact that holds one must not undo what the mail tells about. */
function storable(text: string): string {
  return text.replace(/\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}

function storableFacts(facts: MailFacts): MailFacts {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, typeof value === 'string' ? storable(value) : value]),
  );
}
