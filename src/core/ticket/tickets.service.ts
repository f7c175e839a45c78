import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '../../database/database.service';
import { addSeconds, Clock } from '../../kernel/clock';
import { newId } from '../../kernel/ids';
import { sha256 } from '../../platform/crypto/digest';
import { randomToken } from '../../platform/crypto/random';

/** What a ticket is good for, and nothing else. */
export type TicketPurpose =
  | 'activate'
  | 'reset-password'
  | 'reset-code'
  | 'reset-by-code'
  | 'verify-email'
  | 'change-email'
  | 'mfa'
  | 'undo'
  | 'enrol'
  | 'unlock'
  | 'unlock-by-admin'
  | 'awaited-proof'
  | 'temporary-password';

/** What waits in a ticket for its address to be proved, or for its last step. */
const REGISTRATIONS: readonly TicketPurpose[] = ['activate', 'enrol'];

/** An undo outlives the changes that follow it: whoever makes those must not be able to take it from the owner. */
const OUTLIVES_CHANGES: readonly TicketPurpose[] = ['undo'];

/**
 * Named to whoever began them by a token of his own, not by a secret that only the mailbox gets. Void ones stay as rows until they
 * expire: that a row is gone, or less is done about it, would tell a stranger what the mailbox's owner has done.
 */
const KEPT_WHEN_VOID: readonly TicketPurpose[] = ['enrol', 'reset-code'];
/** They open nothing, and what becomes of their address must not show in whether they are there. */
const OUTLIVE_PROOFS: readonly TicketPurpose[] = ['awaited-proof'];

export interface Ticket {
  readonly id: string;
  readonly purpose: TicketPurpose;
  readonly subject: string | null;
  readonly userId: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}

export interface NewTicket {
  readonly purpose: TicketPurpose;
  readonly subject?: string | null;
  readonly userId?: string | null;
  readonly payload?: Readonly<Record<string, unknown>>;
  /** How long it may wait for its mail and then live, in seconds. */
  readonly waitSeconds: number;
}

const COLUMNS = `t.id, t.purpose, t.subject, t.user_id AS "userId", t.payload, t.created_at AS "createdAt"`;

/** One-time secrets: random, single use, expiring, bound to a purpose, spent in one statement. */
@Injectable()
export class Tickets {
  constructor(private readonly clock: Clock) {}

  /** Writes a ticket that has no secret yet. Returns its id, which opens nothing. */
  async issue(tx: Tx, ticket: NewTicket): Promise<string> {
    const id = newId();
    const now = this.clock.now();
    await statement(
      tx,
      `INSERT INTO tickets (id, purpose, subject, user_id, payload, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        id,
        ticket.purpose,
        ticket.subject ?? null,
        ticket.userId ?? null,
        JSON.stringify(ticket.payload ?? {}),
        now,
        addSeconds(now, ticket.waitSeconds),
      ],
    );
    return id;
  }

  /**
   * Draws a secret (256 random bits) for an open ticket; its life starts now. Earlier secrets of it stay good: a mail
   * that was sent twice must work from either copy. Null when the ticket is gone or spent.
   */
  async draw(tx: Tx, ticketId: string, lifeSeconds: number): Promise<string | null> {
    const secret = randomToken();
    const now = this.clock.now();
    const { affected } = await statement(
      tx,
      `WITH open AS (
         UPDATE tickets SET expires_at = GREATEST(expires_at, $3)
         WHERE id = $1 AND consumed_at IS NULL AND expires_at > $4 RETURNING id)
       INSERT INTO ticket_secrets (digest, ticket_id, expires_at) SELECT $2, id, $3 FROM open`,
      [ticketId, sha256(secret), addSeconds(now, lifeSeconds), now],
    );
    return affected === 1 ? secret : null;
  }

  /** Looks at a ticket without spending it. */
  async peek(tx: Tx, purpose: TicketPurpose, secret: string): Promise<Ticket | null> {
    const { rows } = await statement<Ticket>(
      tx,
      `SELECT ${COLUMNS} FROM tickets t JOIN ticket_secrets s ON s.ticket_id = t.id
       WHERE s.digest = $1 AND t.purpose = $2 AND t.consumed_at IS NULL AND s.expires_at > $3`,
      [sha256(secret), purpose, this.clock.now()],
    );
    return rows[0] ?? null;
  }

  /**
   * Spends a ticket. Of any number of callers with the same one, one gets it: the statement locks the row, and who
   * comes second finds it spent. Unknown, spent and expired are all null.
   */
  async claim(tx: Tx, purpose: TicketPurpose, secret: string): Promise<Ticket | null> {
    const { rows } = await statement<Ticket>(
      tx,
      `UPDATE tickets t SET consumed_at = $3 FROM ticket_secrets s
       WHERE s.ticket_id = t.id AND s.digest = $1 AND t.purpose = $2 AND t.consumed_at IS NULL AND s.expires_at > $3
       RETURNING ${COLUMNS}`,
      [sha256(secret), purpose, this.clock.now()],
    );
    return rows[0] ?? null;
  }

  /** Makes one secret of a ticket that stays open good for nothing. Of any number of callers one gets true. */
  async forgetSecret(tx: Tx, secret: string): Promise<boolean> {
    const { affected } = await statement(tx, `DELETE FROM ticket_secrets WHERE digest = $1`, [sha256(secret)]);
    return affected === 1;
  }

  /** Whether a registration of the address waits to be proved or finished, of whichever kind. */
  async isRegistrationPending(tx: Tx, subject: string): Promise<boolean> {
    const { rows } = await statement(
      tx,
      `SELECT 1 FROM tickets WHERE subject = $1 AND purpose = ANY ($2) AND consumed_at IS NULL AND expires_at > $3 LIMIT 1`,
      [subject, REGISTRATIONS, this.clock.now()],
    );
    return rows.length > 0;
  }

  /** The newest username that a registration of the address asks for which waits to be proved; null where none does. */
  async awaitedUsername(tx: Tx, subject: string): Promise<string | null> {
    const { rows } = await statement<{ username: string | null }>(
      tx,
      `SELECT payload ->> 'username' AS username FROM tickets
       WHERE subject = $1 AND purpose = 'activate' AND consumed_at IS NULL AND expires_at > $2
         AND payload ->> 'username' IS NOT NULL
       ORDER BY created_at DESC, id DESC LIMIT 1`,
      [subject, this.clock.now()],
    );
    return rows[0]?.username ?? null;
  }

  /** Voids every ticket about an address, pending registrations among them, but for one if that is named. */
  async voidBySubject(tx: Tx, subject: string, exceptId: string | null = null): Promise<void> {
    const others = `subject = $1 AND id IS DISTINCT FROM $2::uuid`;
    await statement(tx, `DELETE FROM tickets WHERE ${others} AND purpose <> ALL ($3)`, [
      subject,
      exceptId,
      [...KEPT_WHEN_VOID, ...OUTLIVE_PROOFS],
    ]);
    await statement(
      tx,
      `UPDATE tickets SET consumed_at = $4 WHERE ${others} AND purpose = ANY ($3) AND consumed_at IS NULL`,
      [subject, exceptId, KEPT_WHEN_VOID, this.clock.now()],
    );
  }

  /** Voids every ticket of an account but its undos. */
  async voidByUser(tx: Tx, userId: string): Promise<void> {
    await statement(tx, `DELETE FROM tickets WHERE user_id = $1 AND purpose <> ALL ($2)`, [userId, OUTLIVES_CHANGES]);
  }

  /** Voids the tickets of an account for one purpose. */
  async voidPurpose(tx: Tx, userId: string, purpose: TicketPurpose): Promise<void> {
    await statement(tx, `DELETE FROM tickets WHERE user_id = $1 AND purpose = $2`, [userId, purpose]);
  }

  /** Voids the undos of an account that were issued at an instant or later, but for those of one change. */
  async voidUndosSince(tx: Tx, userId: string, since: Date, exceptChange: string): Promise<void> {
    await statement(
      tx,
      `DELETE FROM tickets WHERE user_id = $1 AND purpose = 'undo' AND created_at >= $2 AND payload ->> 'change' <> $3`,
      [userId, since, exceptChange],
    );
  }

  /** Notes in the undos of an account that were issued at an instant or later that an address is lost to it. */
  async noteLostAddress(tx: Tx, userId: string, address: string, since: Date): Promise<void> {
    await statement(
      tx,
      `UPDATE tickets SET payload = payload
         || jsonb_build_object('lostAddresses', coalesce(payload -> 'lostAddresses', '[]') || to_jsonb($2::text))
       WHERE user_id = $1 AND purpose = 'undo' AND created_at >= $3`,
      [userId, address, since],
    );
  }

  /** The earliest open undo of some changes of an account; null where there is none. */
  async earliestUndo(tx: Tx, userId: string, changes: readonly string[]): Promise<Ticket | null> {
    const { rows } = await statement<Ticket>(
      tx,
      `SELECT ${COLUMNS} FROM tickets t WHERE t.user_id = $1 AND t.purpose = 'undo' AND t.payload ->> 'change' = ANY ($2::text[])
         AND t.consumed_at IS NULL AND t.expires_at > $3 ORDER BY t.created_at, t.id LIMIT 1`,
      [userId, changes, this.clock.now()],
    );
    return rows[0] ?? null;
  }

  /**
   * Reserves one of the tries that a ticket allows, before the guess is looked at: of any number of parallel guesses no
   * more than `allowed` are ever judged. Null when the ticket is unknown, spent, expired or out of tries.
   */
  async reserveTry(tx: Tx, purpose: TicketPurpose, secret: string, allowed: number): Promise<Ticket | null> {
    const { rows } = await statement<Ticket>(
      tx,
      `UPDATE tickets t SET wrong_tries = wrong_tries + 1 FROM ticket_secrets s
       WHERE s.ticket_id = t.id AND s.digest = $1 AND t.purpose = $2 AND t.consumed_at IS NULL AND s.expires_at > $3
         AND t.wrong_tries < $4
       RETURNING ${COLUMNS}`,
      [sha256(secret), purpose, this.clock.now(), allowed],
    );
    return rows[0] ?? null;
  }

  /** The same by id, for a ticket whose secret was looked at already. */
  async reserveTryOf(tx: Tx, ticketId: string, allowed: number): Promise<boolean> {
    const { affected } = await statement(
      tx,
      `UPDATE tickets SET wrong_tries = wrong_tries + 1 WHERE id = $1 AND consumed_at IS NULL AND wrong_tries < $2`,
      [ticketId, allowed],
    );
    return affected === 1;
  }

  /** Spends a ticket whose row this transaction has locked already (`reserveTry`). */
  async spend(tx: Tx, ticketId: string): Promise<void> {
    await statement(tx, `UPDATE tickets SET consumed_at = $2 WHERE id = $1`, [ticketId, this.clock.now()]);
  }

  async void(tx: Tx, ticketId: string): Promise<void> {
    await statement(tx, `DELETE FROM tickets WHERE id = $1`, [ticketId]);
  }

  /** Deletes what has expired, and what was spent longer than a day ago. Returns how many went. */
  async purge(tx: Tx): Promise<number> {
    const now = this.clock.now();
    const { affected } = await statement(tx, `DELETE FROM tickets WHERE expires_at < $1 OR consumed_at < $2`, [
      now,
      addSeconds(now, -86_400),
    ]);
    return affected;
  }
}
