import { Injectable } from '@nestjs/common';
import { Settings } from '../../../config/settings';
import { statement, type Tx } from '../../../database/database.service';
import { AppError } from '../../../kernel/errors/app-error';
import { NOBODY } from '../../../kernel/ids';
import type { StoredObject } from './stored-object';

/** How much one owner may have; files without an owner share one allowance. */
@Injectable()
export class StorageQuota {
  constructor(private readonly settings: Settings) {}

  /**
   * The most bytes a coming file can have, as things stand: a bound for the stream, so that what cannot be kept is not
   * stored first. The last word is `demandKept`.
   */
  async roomFor(tx: Tx, owner: string | null, replaced: StoredObject | null): Promise<number> {
    const { storageQuotaBytes } = this.settings;
    if (storageQuotaBytes === 0) return Infinity;
    const room = storageQuotaBytes - (await this.usage(tx, owner));
    // who is past the quota, because it was lowered, may still replace a file by one that is not larger
    return Math.max(room, 0) + (replaced?.size ?? 0);
  }

  /**
   * In the transaction that has written the row: its trigger holds the owner's count until the end, so of several
   * uploads at once each sees those before it.
   *
   * @throws AppError `quota-exceeded`
   */
  async demandKept(tx: Tx, stored: StoredObject, replaced: StoredObject | null): Promise<void> {
    const { storageQuotaBytes } = this.settings;
    if (storageQuotaBytes === 0 || stored.size <= (replaced?.size ?? 0)) return;
    if ((await this.usage(tx, stored.owner)) > storageQuotaBytes) throw new AppError('quota-exceeded');
  }

  private async usage(tx: Tx, owner: string | null): Promise<number> {
    const { rows } = await statement<{ bytes: number }>(
      tx,
      `SELECT bytes::float8 AS bytes FROM storage_usage WHERE owner_id = $1`,
      [owner ?? NOBODY],
    );
    return rows[0]?.bytes ?? 0;
  }
}
