import { Injectable } from '@nestjs/common';
import { Settings } from '../../../config/settings';
import { statement, type Tx } from '../../../database/database.service';
import { MINUTE_SECONDS } from '../../../kernel/clock';
import { AppError } from '../../../kernel/errors/app-error';
import { NOBODY } from '../../../kernel/ids';
import { Blobs } from '../blobs/blobs.port';
import { ComingRoom, waitForSweeper, type OwnersUnderWay } from './coming-room';
import type { Room } from './owner-room';
import type { StoredObject } from './stored-object';

/** What of a file is charged. */
type Charged = Pick<StoredObject, 'size' | 'metadata'>;

interface Account {
  /** What all files of the owner are charged. */
  readonly used: number;
  /** What of his was let go of and is not swept yet. */
  readonly released: number;
  /** What the file that is replaced is charged, and the one that takes its place. */
  readonly former: number;
  readonly next: number;
  /** What waits for the sweeper once the former file's bytes do. */
  readonly letGo: number;
}

/** The sweeper comes as often: who has replaced much waits for it. It costs two statements when there is nothing to do. */
export const SWEEP_SECONDS = MINUTE_SECONDS;

/** What an owner has and what waits for the sweeper come to so many quotas at most: else whoever replaces fast fills the disk. */
const QUOTAS_ON_DISK = 2;

/** How much one owner may have, by what his files are charged; files without an owner share one allowance. */
@Injectable()
export class StorageQuota {
  private readonly underWay: OwnersUnderWay = new Map();

  constructor(
    private readonly settings: Settings,
    private readonly blobs: Blobs,
  ) {}

  /**
   * The room for a coming file, as things stand: a bound for the stream, so that what cannot be kept is not stored
   * first. The last word is `demandKept`.
   *
   * @throws AppError `too-many-requests` when nothing may come before the sweeper has been
   */
  async roomFor(tx: Tx, path: string, owner: string | null, replaced: Charged | null): Promise<ComingRoom> {
    const whose = owner ?? NOBODY;
    if (this.settings.storageQuotaBytes === 0) {
      return new ComingRoom(
        whose,
        path,
        { free: Infinity, beforeSweep: Infinity, sweptInSeconds: 0 },
        0,
        this.underWay,
      );
    }
    const account = await this.account(tx, owner, replaced, null);
    const room = this.roomOf(account);
    if (account.released > 0 && room.beforeSweep === 0) throw waitForSweeper(room);
    return new ComingRoom(whose, path, room, account.former, this.underWay);
  }

  /**
   * In the transaction that has written the row: its trigger holds the owner's count until the end, so of several
   * writes at once each sees those before it.
   *
   * @param room what the new bytes have taken; left out when there are none
   * @throws AppError `quota-exceeded`, and with new bytes `too-many-requests`
   */
  async demandKept(tx: Tx, stored: StoredObject, replaced: Charged | null, room?: ComingRoom): Promise<void> {
    const { storageQuotaBytes } = this.settings;
    if (storageQuotaBytes === 0) return;
    const account = await this.account(tx, stored.owner, replaced, stored);
    const { used, released, former, next, letGo } = account;
    if (used > storageQuotaBytes && next > former) throw new AppError('quota-exceeded');
    if (!room) return;
    // after the sweeper has been one file may always be replaced, also by who is past the quota because it was lowered
    if (released > letGo && used + released > QUOTAS_ON_DISK * storageQuotaBytes) {
      throw waitForSweeper(this.roomOf(account));
    }
    // from here on the row counts, for those as well who are still on their way
    room.leave();
    this.underWay.get(stored.owner ?? NOBODY)?.renew(this.roomOf(account), stored.path, next);
  }

  /** Who is past the quota, because it was lowered, may still replace a file by one that is not larger. */
  private roomOf({ used, released, former }: Account): Room {
    const { storageQuotaBytes } = this.settings;
    const onDisk = QUOTAS_ON_DISK * storageQuotaBytes - used - released;
    return {
      free: Math.max(storageQuotaBytes - used, 0),
      beforeSweep: Math.max(onDisk, released === 0 ? former : 0),
      // it comes once to grant the readers their time, and once when that has passed
      sweptInSeconds: this.blobs.readerGraceSeconds + 2 * SWEEP_SECONDS,
    };
  }

  private async account(tx: Tx, owner: string | null, former: Charged | null, next: Charged | null): Promise<Account> {
    const { rows } = await statement<Account>(
      tx,
      `SELECT coalesce(u.bytes, 0)::float8 AS used, coalesce(u.released, 0)::float8 AS released,
         coalesce(charge_of_object($2, $3), 0)::float8 AS former, coalesce(charge_of_object($4, $5), 0)::float8 AS next,
         coalesce(charge_of_bytes($2), 0)::float8 AS "letGo"
       FROM (SELECT 1) one LEFT JOIN storage_usage u ON u.owner_id = $1`,
      [owner ?? NOBODY, ...chargedOf(former), ...chargedOf(next)],
    );
    return rows[0] ?? { used: 0, released: 0, former: 0, next: 0, letGo: 0 };
  }
}

function chargedOf(file: Charged | null): [size: number | null, metadata: string | null] {
  return file ? [file.size, JSON.stringify(file.metadata)] : [null, null];
}
