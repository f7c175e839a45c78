import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, lockName, statement } from '../../database/database.service';
import { MasterKeyring } from '../../platform/keys/master-keyring.service';
import { totpContext } from './totp-context';

/** Where TOTP secrets lie, and the primary key of each place. */
const PLACES = [
  { table: 'totp', key: 'user_id' },
  { table: 'former_totp', key: 'id' },
] as const;

type Place = (typeof PLACES)[number];

interface SealedRow {
  readonly key: string;
  readonly userId: string;
  readonly sealedSecret: Buffer;
}

const BATCH_ROWS = 500;
/** A row may move from one table to the other just as both are gone through; it does so once, not all the time. */
const ROUNDS = 3;
const NO_UUID = '00000000-0000-0000-0000-000000000000';

/** The head of a sealed value that names its master key: the very expression of the indexes `…__sealed_under`. */
const KEY_ID = 'substring(sealed_secret from 1 for 8)';

/** Keeps the second factors readable when the master key is rotated. */
@Injectable()
export class TotpSealing implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly keyring: MasterKeyring,
  ) {}

  /**
   * Encrypts anew what a former master key had sealed; without a rotation that is two looks into each index. Safe beside
   * other processes, which may start or serve sign-ins meanwhile.
   *
   * @throws MasterKeyError while a secret needs a master key that is not there: a start that went on would lock its
   * owner out
   */
  async onModuleInit(): Promise<void> {
    for (let round = 0; round < ROUNDS; round += 1) {
      if (!(await this.sealAnew())) return;
    }
  }

  /** Returns whether there was anything to do. */
  private async sealAnew(): Promise<boolean> {
    const found = await Promise.all(
      PLACES.map(async (place) => (await this.formerKeyIds(place)).map((keyId) => ({ place, keyId }))),
    );
    const todo = found.flat();
    // all keys must be there before anything is written: who forgot one may still go back to the former setting
    for (const { place, keyId } of todo) this.keyring.assertHas(keyId, `A second factor (${place.table})`);
    for (const { place, keyId } of todo) await this.sealAllOf(place, keyId);
    return todo.length > 0;
  }

  /** The key ids in a table other than the first master key's, by one step in the index for each. */
  private async formerKeyIds(place: Place): Promise<Buffer[]> {
    const found: Buffer[] = [];
    for (let keyId = await this.nextKeyId(place, null); keyId !== null; keyId = await this.nextKeyId(place, keyId)) {
      if (this.keyring.needsReseal(keyId)) found.push(keyId);
    }
    return found;
  }

  private async nextKeyId({ table }: Place, after: Buffer | null): Promise<Buffer | null> {
    const { rows } = await statement<{ keyId: Buffer }>(
      this.database.pool,
      `SELECT ${KEY_ID} AS "keyId" FROM ${table} WHERE ${KEY_ID} > $1 ORDER BY ${KEY_ID} LIMIT 1`,
      [after ?? Buffer.alloc(0)],
    );
    return rows[0]?.keyId ?? null;
  }

  private async sealAllOf(place: Place, keyId: Buffer): Promise<void> {
    let last: string | null = NO_UUID;
    while (last !== null) last = await this.sealBatch(place, keyId, last);
  }

  /** Returns the primary key of the last row of the batch, or null behind the last one. */
  private sealBatch({ table, key }: Place, keyId: Buffer, after: string): Promise<string | null> {
    return this.database.transaction(async (tx) => {
      // one process at a time: two that update the same rows in different order would block each other
      await lockName(tx, 'reseal', table);
      const { rows } = await statement<SealedRow>(
        tx,
        `SELECT ${key} AS key, user_id AS "userId", sealed_secret AS "sealedSecret" FROM ${table}
         WHERE ${KEY_ID} = $1 AND ${key} > $2 ORDER BY ${KEY_ID}, ${key} LIMIT $3`,
        [keyId, after, BATCH_ROWS],
      );
      // only where the secret is still the one that was read: its owner may have replaced it meanwhile
      await statement(
        tx,
        `UPDATE ${table} SET sealed_secret = fresh.sealed
         FROM unnest($1::uuid[], $2::bytea[], $3::bytea[]) AS fresh (key, former, sealed)
         WHERE ${table}.${key} = fresh.key AND ${table}.sealed_secret = fresh.former`,
        [rows.map((row) => row.key), rows.map((row) => row.sealedSecret), rows.map((row) => this.sealedAnew(row))],
      );
      return rows.at(-1)?.key ?? null;
    });
  }

  private sealedAnew({ userId, sealedSecret }: SealedRow): Buffer {
    const context = totpContext(userId);
    return this.keyring.seal(this.keyring.open(sealedSecret, context), context);
  }
}
