import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '../../database/database.service';

/** Opaque to the service: kept and given back as they came. */
export interface VaultKeys {
  readonly encryptedDek: string;
  readonly salt: string;
  readonly nonce: string;
  readonly argon2Params: string;
}

/** The keys of vaults. */
@Injectable()
export class VaultKeyring {
  /** One row comes whether or not there are keys: a row more to read would show in the time of a prelogin. */
  async find(tx: Tx, userId: string): Promise<VaultKeys | null> {
    const { rows } = await statement<{ [Name in keyof VaultKeys]: string | null }>(
      tx,
      `SELECT encrypted_dek AS "encryptedDek", salt, nonce, argon2_params AS "argon2Params"
       FROM (VALUES (1)) AS one LEFT JOIN vault_keys ON user_id = $1`,
      [userId],
    );
    const { encryptedDek = null, salt = null, nonce = null, argon2Params = null } = rows[0] ?? {};
    const isThere = encryptedDek !== null && salt !== null && nonce !== null && argon2Params !== null;
    return isThere ? { encryptedDek, salt, nonce, argon2Params } : null;
  }

  async set(tx: Tx, userId: string, keys: VaultKeys, now: Date): Promise<void> {
    await statement(
      tx,
      `INSERT INTO vault_keys (user_id, encrypted_dek, salt, nonce, argon2_params, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (user_id) DO UPDATE SET encrypted_dek = EXCLUDED.encrypted_dek, salt = EXCLUDED.salt,
         nonce = EXCLUDED.nonce, argon2_params = EXCLUDED.argon2_params, updated_at = EXCLUDED.updated_at`,
      [userId, keys.encryptedDek, keys.salt, keys.nonce, keys.argon2Params, now],
    );
  }

  async remove(tx: Tx, userId: string): Promise<void> {
    await statement(tx, 'DELETE FROM vault_keys WHERE user_id = $1', [userId]);
  }
}
