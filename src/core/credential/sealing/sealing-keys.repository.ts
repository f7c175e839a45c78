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

export interface FailureLimits {
  readonly ofNetwork: number;
  /** Of all networks together, each up to its own limit. */
  readonly ofAll: number;
}

export interface HandedOutKey extends ActiveSealingKey {
  /** Some network has failed with it as often as one may. */
  readonly isRetired: boolean;
  /** All networks together have. */
  readonly isSpent: boolean;
}

export interface FoundSealingKey {
  /** PKCS #8, DER. */
  readonly privateDer: Buffer;
  /** The network has failed with it as often as one may. */
  readonly isRetired: boolean;
  /** All networks together have. */
  readonly isSpent: boolean;
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
  async activeSince(tx: Tx, since: Date, { ofNetwork, ofAll }: FailureLimits): Promise<HandedOutKey[]> {
    const { rows } = await statement<HandedOutKey>(
      tx,
      `SELECT id, public_der AS "publicDer", active_from AS "activeFrom", most >= $2 AS "isRetired", total >= $3 AS "isSpent"
       FROM sealing_keys, LATERAL (
         SELECT coalesce(max(failures), 0) AS most, coalesce(sum(least(failures, $2)), 0) AS total
         FROM sealing_failures WHERE key_id = id) AS failed
       WHERE active_from > $1 ORDER BY active_from DESC, id DESC`,
      [since, ofNetwork, ofAll],
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

  /** Nothing is counted as failed with the key by anybody else who holds it so, until the transaction ends. */
  async hold(tx: Tx, id: number): Promise<void> {
    // whoever waits has a connection of the pool: a holder that is stuck must not get them all
    await statement(tx, `SET LOCAL lock_timeout = '1s'`);
    await statement(tx, `SELECT 1 FROM sealing_keys WHERE id = $1 FOR NO KEY UPDATE`, [id]);
  }

  /** A key that has not expired. */
  async find(
    tx: Tx,
    id: number,
    { network, limits, now }: { readonly network: string | null; readonly limits: FailureLimits; readonly now: Date },
  ): Promise<FoundSealingKey | null> {
    const { rows } = await statement<
      Omit<FoundSealingKey, 'privateDer'> & { publicDer: Buffer; sealedPrivate: Buffer }
    >(
      tx,
      `SELECT public_der AS "publicDer", sealed_private AS "sealedPrivate", here >= $3 AS "isRetired", total >= $4 AS "isSpent"
       FROM sealing_keys, LATERAL (
         SELECT coalesce(max(failures) FILTER (WHERE network = $2), 0) AS here,
                coalesce(sum(least(failures, $3)), 0) AS total
         FROM sealing_failures WHERE key_id = id) AS failed
       WHERE id = $1 AND expires_at > $5`,
      [id, network, limits.ofNetwork, limits.ofAll, now],
    );
    const [row] = rows;
    if (!row) return null;
    const { publicDer, sealedPrivate, isRetired, isSpent } = row;
    return { privateDer: this.keyring.open(sealedPrivate, sealContext(publicDer)), isRetired, isSpent };
  }

  /** Returns how many the network has now; 0 where there is no such key (any more). */
  async noteFailure(tx: Tx, id: number, network: string, now: Date): Promise<number> {
    const { rows } = await statement<{ failures: number }>(
      tx,
      // the lock: a key that is being deleted meanwhile is none, instead of one that the new row cannot refer to
      `INSERT INTO sealing_failures (key_id, network, failures)
       SELECT id, $2, 1 FROM sealing_keys WHERE id = $1 AND expires_at > $3 FOR KEY SHARE
       ON CONFLICT (key_id, network) DO UPDATE SET failures = sealing_failures.failures + 1
       RETURNING failures`,
      [id, network, now],
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
