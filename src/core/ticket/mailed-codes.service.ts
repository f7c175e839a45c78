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

/** Six-digit codes that go out by mail. They can be guessed, so each dies at the 5th wrong try. */
@Injectable()
export class MailedCodes {
  constructor(
    private readonly clock: Clock,
    private readonly keys: ServiceKeys,
  ) {}

  /** Draws a code for an open ticket; one drawn before is void. Null when the ticket is gone or spent. */
  async draw(tx: Tx, ticketId: string, lifeSeconds: number): Promise<string | null> {
    const code = String(randomInt(CODES)).padStart(6, '0');
    return (await this.write(tx, ticketId, this.digest(ticketId, code), lifeSeconds)) ? code : null;
  }

  /** The same row, which no code opens: for whoever must not be able to tell that there is none. */
  async drawDecoy(tx: Tx, ticketId: string, lifeSeconds: number): Promise<void> {
    await this.write(tx, ticketId, randomBytes(32), lifeSeconds);
  }

  private async write(tx: Tx, ticketId: string, digest: Buffer, lifeSeconds: number): Promise<boolean> {
    const now = this.clock.now();
    const { affected } = await statement(
      tx,
      `INSERT INTO mailed_codes (ticket_id, digest, expires_at)
       SELECT id, $2, $3 FROM tickets WHERE id = $1 AND consumed_at IS NULL AND expires_at > $4
       FOR UPDATE -- the ticket before its code, in this order everywhere
       ON CONFLICT (ticket_id) DO UPDATE SET digest = EXCLUDED.digest, wrong_tries = 0, expires_at = EXCLUDED.expires_at`,
      [ticketId, digest, addSeconds(now, lifeSeconds), now],
    );
    return affected === 1;
  }

  /**
   * Whether that is the ticket's code. The try is taken before the code is looked at, and a right code is gone: of any
   * number of parallel guesses no more than 5 are judged, and one at most is right.
   */
  async spend(tx: Tx, ticketId: string, code: string): Promise<boolean> {
    const { rows } = await statement<{ digest: Buffer }>(
      tx,
      `UPDATE mailed_codes SET wrong_tries = wrong_tries + 1
       WHERE ticket_id = $1 AND wrong_tries < $2 AND expires_at > $3 RETURNING digest`,
      [ticketId, TRIES, this.clock.now()],
    );
    const given = this.digest(ticketId, code);
    if (!rows[0] || !constantTimeEqual(rows[0].digest, given)) return false;
    await statement(tx, `DELETE FROM mailed_codes WHERE ticket_id = $1`, [ticketId]);
    return true;
  }

  private digest(ticketId: string, code: string): Buffer {
    return hmacSha256(this.keys.key('code'), `${ticketId}/${code}`);
  }
}
