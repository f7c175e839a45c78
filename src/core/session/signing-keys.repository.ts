import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '../../database/database.service';
import { MasterKeyring } from '../../platform/keys/master-keyring.service';
import type { ScheduledKey } from './signing-key-schedule.policy';
import { publicKeyOf, type FreshKeyPair, type SigningAlgorithm, type SigningKey } from './signing-key';

interface SigningKeyRow {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly publicJwk: JsonWebKey;
  readonly sealedPrivate: Buffer;
  readonly createdAt: Date;
  readonly signsFrom: Date;
}

const COLUMNS = `kid, algorithm, public_jwk AS "publicJwk", sealed_private AS "sealedPrivate",
  created_at AS "createdAt", signs_from AS "signsFrom"`;

/** The rows of the signing keys; private parts go in and out sealed under the master key. */
@Injectable()
export class SigningKeyRepository {
  constructor(private readonly keyring: MasterKeyring) {}

  /** One process at a time changes the set, until its transaction ends. */
  async lock(tx: Tx): Promise<void> {
    await statement(tx, `SELECT pg_advisory_xact_lock(hashtextextended('signing_keys', 0))`);
  }

  async schedule(tx: Tx): Promise<ScheduledKey[]> {
    const { rows } = await statement<ScheduledKey>(
      tx,
      `SELECT kid, algorithm, signs_from AS "signsFrom" FROM signing_keys`,
    );
    return rows;
  }

  async load(tx: Tx): Promise<SigningKey[]> {
    const { rows } = await statement<SigningKeyRow>(tx, `SELECT ${COLUMNS} FROM signing_keys ORDER BY signs_from, kid`);
    return rows.map(({ sealedPrivate, ...row }) => ({
      ...row,
      publicKey: publicKeyOf(row.publicJwk),
      privateKey: once(() => this.open(row.kid, sealedPrivate)),
    }));
  }

  async insert(tx: Tx, pair: FreshKeyPair, createdAt: Date, signsFrom: Date): Promise<void> {
    await statement(
      tx,
      `INSERT INTO signing_keys (kid, algorithm, public_jwk, sealed_private, created_at, signs_from)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [
        pair.kid,
        pair.algorithm,
        JSON.stringify(pair.publicJwk),
        this.keyring.seal(pair.privateDer, sealContext(pair.kid)),
        createdAt,
        signsFrom,
      ],
    );
  }

  async signFrom(tx: Tx, kid: string, instant: Date): Promise<void> {
    await statement(tx, `UPDATE signing_keys SET signs_from = $2 WHERE kid = $1`, [kid, instant]);
  }

  async remove(tx: Tx, kids: readonly string[]): Promise<void> {
    await statement(tx, `DELETE FROM signing_keys WHERE kid = ANY($1)`, [kids]);
  }

  /** Seals anew what an older master key sealed. Changes no key. */
  async reseal(tx: Tx): Promise<void> {
    const { rows } = await statement<SigningKeyRow>(tx, `SELECT ${COLUMNS} FROM signing_keys`);
    for (const { kid, sealedPrivate } of rows) {
      if (!this.keyring.needsReseal(sealedPrivate)) continue;
      const context = sealContext(kid);
      const sealed = this.keyring.seal(this.keyring.open(sealedPrivate, context), context);
      await statement(tx, `UPDATE signing_keys SET sealed_private = $2 WHERE kid = $1`, [kid, sealed]);
    }
  }

  private open(kid: string, sealedPrivate: Buffer): KeyObject {
    const der = this.keyring.open(sealedPrivate, sealContext(kid));
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  }
}

/** Bound into the seal, so that rows cannot be exchanged with each other. */
function sealContext(kid: string): string {
  return `signing_keys/${kid}`;
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
