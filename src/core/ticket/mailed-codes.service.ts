import { Injectable } from '@nestjs/common';
import { randomBytes, randomInt } from 'node:crypto';
import { statement, type Tx } from '../../database/database.service';
import { addSeconds, Clock } from '../../kernel/clock';
import { constantTimeEqual } from '../../platform/crypto/constant-time';
import { hmacSha256 } from '../../platform/crypto/digest';
import { ServiceKeys } from '../../platform/keys/service-keys.service';

const CODES = 1_000_000;
/** A code is dead after so many wrong ones. */
const TRIES = 5;

const DIGEST_BYTES = 32;

/** Six-digit codes that go out by mail. They can be guessed, so each dies at the 5th wrong try. */
@Injectable()
export class MailedCodes {
  constructor(
    private readonly clock: Clock,
    private readonly keys: ServiceKeys,
  ) {}

  /**
   * Draws a code for an open ticket; one drawn before is void. Null when the ticket is gone or spent: a spent one gets the
   * row that a decoy gets.
   */
  async draw(tx: Tx, ticketId: string, lifeSeconds: number): Promise<string | null> {
    const code = String(randomInt(CODES)).padStart(6, '0');
    return (await this.write(tx, ticketId, this.digest(ticketId, code), lifeSeconds)) ? code : null;
  }

  /**
   * The same row, which no code opens: for whoever must not be able to tell that there is none. Returns whether the ticket
   * is open.
   */
  drawDecoy(tx: Tx, ticketId: string, lifeSeconds: number): Promise<boolean> {
    return this.write(tx, ticketId, randomBytes(DIGEST_BYTES), lifeSeconds);
  }

  private async write(tx: Tx, ticketId: string, digest: Buffer, lifeSeconds: number): Promise<boolean> {
    const now = this.clock.now();
    const { rows } = await statement<{ isOpen: boolean }>(
      tx,
      // what the row is now, not what the snapshot saw: whoever voids the ticket meanwhile is waited for
      `INSERT INTO mailed_codes (ticket_id, digest, expires_at)
       SELECT id, CASE WHEN consumed_at IS NULL THEN $2::bytea ELSE $5::bytea END, $3
       FROM tickets WHERE id = $1 AND expires_at > $4
       FOR UPDATE -- the ticket before its code, in this order everywhere
       ON CONFLICT (ticket_id) DO UPDATE SET digest = EXCLUDED.digest, wrong_tries = 0, expires_at = EXCLUDED.expires_at
       RETURNING digest = $2 AS "isOpen"`,
      [ticketId, digest, addSeconds(now, lifeSeconds), now, randomBytes(DIGEST_BYTES)],
    );
    return rows[0]?.isOpen === true;
  }

  /**
   * Whether that is the ticket's code; of a ticket that is spent no code is right. The try is taken before the code is
   * looked at, and a right code is gone: of any number of parallel guesses no more than 5 are judged, and one at most is
   * right. Call with the ticket locked.
   */
  async spend(tx: Tx, ticketId: string, code: string): Promise<boolean> {
    const { rows } = await statement<{ digest: Buffer; isOpen: boolean }>(
      tx,
      `UPDATE mailed_codes SET wrong_tries = wrong_tries + 1
       WHERE ticket_id = $1 AND wrong_tries < $2 AND expires_at > $3
       RETURNING digest, (SELECT consumed_at IS NULL FROM tickets WHERE id = ticket_id) AS "isOpen"`,
      [ticketId, TRIES, this.clock.now()],
    );
    const given = this.digest(ticketId, code);
    if (!rows[0] || !constantTimeEqual(rows[0].digest, given) || !rows[0].isOpen) return false;
    await statement(tx, `DELETE FROM mailed_codes WHERE ticket_id = $1`, [ticketId]);
    return true;
  }

  private digest(ticketId: string, code: string): Buffer {
    return hmacSha256(this.keys.key('code'), `${ticketId}/${code}`);
  }
}
