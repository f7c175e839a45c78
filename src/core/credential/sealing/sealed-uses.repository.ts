import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '../../../database/database.service';
import { canonicalIdentifier } from '../../../kernel/canonical';
import { addSeconds, Clock } from '../../../kernel/clock';
import { sha256 } from '../../../platform/crypto/digest';

/** Longer than any key lives: after that no key opens the ciphertext. */
const REMEMBERED_SECONDS = 300;

/** Which ciphertexts have been used: each is good once. */
@Injectable()
export class SealedUses {
  constructor(private readonly clock: Clock) {}

  /**
   * Whether this is the first use of a ciphertext, or, with a code, the one that the second factor of `name` waits for. Of
   * any number of callers at once, one gets true.
   *
   * @param codeFor whose second factor a code came for; null: none came
   */
  async take(tx: Tx, digest: Buffer, codeFor: string | null): Promise<boolean> {
    const { affected } = await statement(
      tx,
      `INSERT INTO sealed_uses (digest, expires_at) VALUES ($1, $2)
       ON CONFLICT (digest) DO UPDATE SET awaited_for = NULL WHERE sealed_uses.awaited_for = $3`,
      [digest, addSeconds(this.clock.now(), REMEMBERED_SECONDS), codeFor === null ? null : nameWithin(digest, codeFor)],
    );
    return affected === 1;
  }

  /** It was not judged: it may come again. */
  async release(tx: Tx, digest: Buffer): Promise<void> {
    await statement(tx, `DELETE FROM sealed_uses WHERE digest = $1`, [digest]);
  }

  /** The password in it was right for `name`, and a code is missing: it may come once more for that name, with one. */
  async awaitCode(tx: Tx, digest: Buffer, name: string): Promise<void> {
    await statement(tx, `UPDATE sealed_uses SET awaited_for = $2 WHERE digest = $1`, [
      digest,
      nameWithin(digest, name),
    ]);
  }
}

/** Tells a name from others, and to nobody who has not the ciphertext which. */
function nameWithin(digest: Buffer, name: string): Buffer {
  return sha256(Buffer.concat([digest, Buffer.from(canonicalIdentifier(name))]));
}
