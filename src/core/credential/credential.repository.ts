import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '../../database/database.service';
import type { CredentialKind } from './credential.entity';
import type { PasswordHash } from './stored-hash';

export interface FoundCredential extends PasswordHash {
  readonly version: number;
}

/** Stored hashes. A version stands for one secret and is never used again, not even after a deletion. */
@Injectable()
export class Credentials {
  /** One row comes whether or not there is a credential: a row more to read would show in the time of a sign-in. */
  async find(tx: Tx, userId: string, kind: CredentialKind): Promise<FoundCredential | null> {
    const { rows } = await statement<{ [Name in keyof FoundCredential]: FoundCredential[Name] | null }>(
      tx,
      'SELECT hash, scheme, version FROM (VALUES (1)) AS one LEFT JOIN credentials ON user_id = $1 AND kind = $2',
      [userId, kind],
    );
    const { hash = null, scheme = null, version = null } = rows[0] ?? {};
    return hash === null || scheme === null || version === null ? null : { hash, scheme, version };
  }

  /** Sets a new secret, in place of a former one or as the first. */
  async set(tx: Tx, userId: string, kind: CredentialKind, secret: PasswordHash, now: Date): Promise<void> {
    await statement(
      tx,
      `INSERT INTO credentials (user_id, kind, hash, scheme, version, updated_at)
       VALUES ($1, $2, $3, $4, nextval('credential_versions')::integer, $5)
       ON CONFLICT (user_id, kind) DO UPDATE
       SET hash = excluded.hash, scheme = excluded.scheme, version = excluded.version, updated_at = excluded.updated_at`,
      [userId, kind, secret.hash, secret.scheme, now],
    );
  }

  /**
   * The version, held until the end of the transaction: no new secret comes in between. Do not `upgrade` after it in the
   * same transaction, since two sign-ins that both hold the row would wait for each other.
   */
  async lockVersion(tx: Tx, userId: string, kind: CredentialKind): Promise<number | null> {
    const { rows } = await statement<{ version: number }>(
      tx,
      'SELECT version FROM credentials WHERE user_id = $1 AND kind = $2 FOR SHARE',
      [userId, kind],
    );
    return rows[0]?.version ?? null;
  }

  /**
   * Replaces the hash by a better one of the same secret, only while that secret is still the one of
   * `expectedVersion`: a rehash that took its time never writes an old password back. Whether it did.
   */
  async upgrade(
    tx: Tx,
    userId: string,
    kind: CredentialKind,
    expectedVersion: number,
    better: PasswordHash,
    now: Date,
  ): Promise<boolean> {
    const { affected } = await statement(
      tx,
      `UPDATE credentials SET hash = $4, scheme = $5, updated_at = $6
       WHERE user_id = $1 AND kind = $2 AND version = $3`,
      [userId, kind, expectedVersion, better.hash, better.scheme, now],
    );
    return affected === 1;
  }

  async remove(tx: Tx, userId: string, kind: CredentialKind): Promise<void> {
    await statement(tx, 'DELETE FROM credentials WHERE user_id = $1 AND kind = $2', [userId, kind]);
  }

  async removeAll(tx: Tx, userId: string): Promise<void> {
    await statement(tx, 'DELETE FROM credentials WHERE user_id = $1', [userId]);
  }
}
