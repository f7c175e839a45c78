import { Injectable } from '@nestjs/common';
import { Settings } from '../../../config/settings';
import { statement, type Tx } from '../../../database/database.service';
import { AppError } from '../../../kernel/errors/app-error';
import { NOBODY } from '../../../kernel/ids';
import { ComingRoom, type BytesUnderWay } from './coming-room';
import type { StoredObject } from './stored-object';

/** What of a file is charged. */
type Charged = Pick<StoredObject, 'size' | 'metadata'>;

/** How much one owner may have, by what his files are charged; files without an owner share one allowance. */
@Injectable()
export class StorageQuota {
  private readonly underWay: BytesUnderWay = new Map();

  constructor(private readonly settings: Settings) {}

  /**
   * The room for a coming file, as things stand: a bound for the stream, so that what cannot be kept is not stored
   * first. The last word is `demandKept`.
   */
  async roomFor(tx: Tx, owner: string | null, replaced: Charged | null): Promise<ComingRoom> {
    const { storageQuotaBytes } = this.settings;
    const whose = owner ?? NOBODY;
    if (storageQuotaBytes === 0) return new ComingRoom(whose, Infinity, 0, this.underWay);
    const { used, former } = await this.account(tx, owner, replaced, null);
    // who is past the quota, because it was lowered, may still replace a file by one that is not larger
    return new ComingRoom(whose, Math.max(storageQuotaBytes - used, 0), former, this.underWay);
  }

  /**
   * In the transaction that has written the row: its trigger holds the owner's count until the end, so of several
   * writes at once each sees those before it.
   *
   * @throws AppError `quota-exceeded`
   */
  async demandKept(tx: Tx, stored: StoredObject, replaced: Charged | null): Promise<void> {
    const { storageQuotaBytes } = this.settings;
    if (storageQuotaBytes === 0) return;
    const { used, former, next } = await this.account(tx, stored.owner, replaced, stored);
    if (used > storageQuotaBytes && next > former) throw new AppError('quota-exceeded');
  }

  private async account(
    tx: Tx,
    owner: string | null,
    former: Charged | null,
    next: Charged | null,
  ): Promise<{ used: number; former: number; next: number }> {
    const { rows } = await statement<{ used: number; former: number; next: number }>(
      tx,
      `SELECT coalesce((SELECT bytes FROM storage_usage WHERE owner_id = $1), 0)::float8 AS used,
         coalesce(charge_of_object($2, $3), 0)::float8 AS former, coalesce(charge_of_object($4, $5), 0)::float8 AS next`,
      [owner ?? NOBODY, ...chargedOf(former), ...chargedOf(next)],
    );
    return rows[0] ?? { used: 0, former: 0, next: 0 };
  }
}

function chargedOf(file: Charged | null): [size: number | null, metadata: string | null] {
  return file ? [file.size, JSON.stringify(file.metadata)] : [null, null];
}
