import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '../../database/database.service';
import { addSeconds } from '../../kernel/clock';
import type { Factor, Standing } from './bucket';

/** A lock as those see it who are told of it. */
export interface ListedLock {
  readonly id: string;
  readonly userId: string;
  readonly factor: Factor;
  readonly standing: Standing;
  readonly lockedAt: Date;
  readonly lockedUntil: Date;
  /** In a row: this lock's and those of the locks before it. */
  readonly failures: number;
  /** From where the latest came, the latest first. */
  readonly networks: readonly string[];
}

const COLUMNS = `id, user_id AS "userId", factor, standing, locked_at AS "lockedAt", locked_until AS "lockedUntil",
  cardinality(failures) AS failures, networks`;

/**
 * A lock begins when its last attempt is reserved, and never was one should that attempt turn out right. One that was
 * never judged, because its process died, counts after a minute.
 */
const IS_CERTAIN = '(confirmed_of >= locked_at OR locked_at <= $2)';
export const CERTAIN_SECONDS = 60;

/** The locks of accounts, to be told of and listed. Those of names that nobody has concern nobody. */
@Injectable()
export class LockList {
  /** Locks that have not ended, the latest first. */
  async present(tx: Tx, now: Date, limit: number): Promise<ListedLock[]> {
    const { rows } = await statement<ListedLock>(
      tx,
      `SELECT ${COLUMNS} FROM locks
       WHERE locked_at IS NOT NULL AND user_id IS NOT NULL AND locked_until > $1 ORDER BY locked_at DESC, id LIMIT $2`,
      [now, limit],
    );
    return rows;
  }

  /** Locks that their owners do not know of yet; each is returned once. */
  async takeUntoldToOwners(tx: Tx, now: Date, limit: number): Promise<ListedLock[]> {
    const { rows } = await statement<ListedLock>(
      tx,
      `WITH untold AS (
         SELECT bucket FROM locks
         WHERE locked_at IS NOT NULL AND user_id IS NOT NULL AND (owner_told_of IS NULL OR owner_told_of < locked_at)
           AND ${IS_CERTAIN}
         ORDER BY locked_at LIMIT $1 FOR UPDATE),
       told AS (UPDATE locks SET owner_told_of = locked_at FROM untold WHERE locks.bucket = untold.bucket RETURNING locks.*)
       SELECT ${COLUMNS} FROM told ORDER BY locked_at`,
      [limit, addSeconds(now, -CERTAIN_SECONDS)],
    );
    return rows;
  }

  /** Locks that admins do not know of yet. */
  async untoldToAdmins(tx: Tx, now: Date, limit: number): Promise<ListedLock[]> {
    const { rows } = await statement<ListedLock>(
      tx,
      `SELECT ${COLUMNS} FROM locks
       WHERE locked_at IS NOT NULL AND user_id IS NOT NULL AND (admins_told_of IS NULL OR admins_told_of < locked_at)
         AND ${IS_CERTAIN}
       ORDER BY locked_at LIMIT $1 FOR UPDATE`,
      [limit, addSeconds(now, -CERTAIN_SECONDS)],
    );
    return rows;
  }

  async noteAdminsTold(tx: Tx, ids: readonly string[]): Promise<void> {
    await statement(tx, `UPDATE locks SET admins_told_of = locked_at WHERE id = ANY ($1::uuid[])`, [ids]);
  }
}
