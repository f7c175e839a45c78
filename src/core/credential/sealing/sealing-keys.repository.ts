import { Injectable } from '@nestjs/common';
import { lockName, statement, type Tx } from '../../../database/database.service';
import { MasterKeyring } from '../../../platform/keys/master-keyring.service';

export interface SealingKeyPair {
  /** PKCS #1, DER. */
  readonly publicDer: Buffer;
  /** PKCS #8, DER. */
  readonly privateDer: Buffer;
}

export interface ActiveSealingKey {
  readonly id: number;
  readonly publicDer: Buffer;
  readonly activeFrom: Date;
}

export interface AllowedFailures {
  readonly network: string;
  readonly ofNetwork: number;
  /** Of all networks together; null: any number. */
  readonly ofAll: number | null;
}

/** The rows of the sealing keys; private parts go in and out sealed under the master key. */
@Injectable()
export class SealingKeyRepository {
  constructor(private readonly keyring: MasterKeyring) {}

  /** One process at a time makes a key the active one, until its transaction ends. */
  async lock(tx: Tx): Promise<void> {
    await lockName(tx, 'sealing-keys', 'active');
  }

  /** The keys that became active after an instant, the newest first. */
  async activeSince(
    tx: Tx,
    since: Date,
    allowedFailures: number,
  ): Promise<(ActiveSealingKey & { isRetired: boolean })[]> {
    const { rows } = await statement<ActiveSealingKey & { isRetired: boolean }>(
      tx,
      `SELECT id, public_der AS "publicDer", active_from AS "activeFrom",
              EXISTS (SELECT 1 FROM sealing_failures WHERE key_id = id AND failures >= $2) AS "isRetired"
       FROM sealing_keys WHERE active_from > $1 ORDER BY active_from DESC, id DESC`,
      [since, allowedFailures],
    );
    return rows;
  }

  async insert(tx: Tx, pair: SealingKeyPair, activeFrom: Date, expiresAt: Date): Promise<ActiveSealingKey> {
    const { publicDer, privateDer } = pair;
    const { rows } = await statement<{ id: number }>(
      tx,
      `INSERT INTO sealing_keys (public_der, sealed_private, active_from, expires_at)
       VALUES ($1, $2, $3, $4) RETURNING id`,
      [publicDer, this.keyring.seal(privateDer, sealContext(publicDer)), activeFrom, expiresAt],
    );
    const [row] = rows;
    if (!row) throw new Error('a sealing key was not written');
    return { id: row.id, publicDer, activeFrom };
  }

  /** The private part (PKCS #8, DER) of a key that has not expired and with which not more has failed than is allowed. */
  async privateOf(tx: Tx, id: number, allowed: AllowedFailures, now: Date): Promise<Buffer | null> {
    const { rows } = await statement<{ publicDer: Buffer; sealedPrivate: Buffer }>(
      tx,
      `SELECT public_der AS "publicDer", sealed_private AS "sealedPrivate" FROM sealing_keys
       WHERE id = $1 AND expires_at > $4 AND NOT EXISTS (
         SELECT 1 FROM sealing_failures WHERE key_id = $1 AND network = $2 AND failures >= $3)
       AND ($5::integer IS NULL OR (SELECT coalesce(sum(failures), 0) FROM sealing_failures WHERE key_id = $1) < $5)`,
      [id, allowed.network, allowed.ofNetwork, now, allowed.ofAll],
    );
    const [row] = rows;
    return row ? this.keyring.open(row.sealedPrivate, sealContext(row.publicDer)) : null;
  }

  /** Returns how many the network has now; 0 where there is no such key (any more). */
  async noteFailure(tx: Tx, id: number, network: string): Promise<number> {
    const { rows } = await statement<{ failures: number }>(
      tx,
      `INSERT INTO sealing_failures (key_id, network, failures) SELECT id, $2, 1 FROM sealing_keys WHERE id = $1
       ON CONFLICT (key_id, network) DO UPDATE SET failures = sealing_failures.failures + 1
       RETURNING failures`,
      [id, network],
    );
    return rows[0]?.failures ?? 0;
  }

  async purge(tx: Tx, now: Date): Promise<void> {
    await statement(tx, `DELETE FROM sealing_keys WHERE expires_at <= $1`, [now]);
    await statement(tx, `DELETE FROM sealed_uses WHERE expires_at <= $1`, [now]);
  }
}

/** Bound into the seal, so that rows cannot be exchanged with each other. */
function sealContext(publicDer: Buffer): string {
  return `sealing_keys/${publicDer.toString('base64')}`;
}
