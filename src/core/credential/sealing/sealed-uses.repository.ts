import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '../../../database/database.service';
import { addSeconds, Clock } from '../../../kernel/clock';

/** Longer than any key lives: after that no key opens the ciphertext. */
const REMEMBERED_SECONDS = 300;

/** Which ciphertexts have been used: each is good once. */
@Injectable()
export class SealedUses {
  constructor(private readonly clock: Clock) {}

  /**
   * Whether this is the first use of a ciphertext, or the one that a second factor waits for (`withCode`). Of any number
   * of callers at once, one gets true.
   */
  async take(tx: Tx, digest: Buffer, { withCode }: { readonly withCode: boolean }): Promise<boolean> {
    const { affected } = await statement(
      tx,
      `INSERT INTO sealed_uses (digest, expires_at) VALUES ($1, $2)
       ON CONFLICT (digest) DO UPDATE SET awaits_code = false WHERE sealed_uses.awaits_code AND $3`,
      [digest, addSeconds(this.clock.now(), REMEMBERED_SECONDS), withCode],
    );
    return affected === 1;
  }

  /** It was not judged: it may come again. */
  async release(tx: Tx, digest: Buffer): Promise<void> {
    await statement(tx, `DELETE FROM sealed_uses WHERE digest = $1`, [digest]);
  }

  /** The password in it was right, and a code is missing: it may come once more, together with one. */
  async awaitCode(tx: Tx, digest: Buffer): Promise<void> {
    await statement(tx, `UPDATE sealed_uses SET awaits_code = true WHERE digest = $1`, [digest]);
  }
}
