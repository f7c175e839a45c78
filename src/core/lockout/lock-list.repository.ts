import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '../../database/database.service';
import type { Factor, Standing } from './bucket';

/** A lock as those see it who are told of it. */
export interface ListedLock {
  readonly id: string;
  readonly userId: string;
  readonly factor: Factor;
  readonly standing: Standing;
  readonly lockedAt: Date;
  readonly lockedUntil: Date;
  /** Failures that brought the account's bucket here, this lock's and those of the locks before it. */
  readonly failures: number;
  /** From where the latest came, the latest first. */
  readonly networks: readonly string[];
}

const COLUMNS = `id, user_id AS "userId", factor, standing, locked_at AS "lockedAt", locked_until AS "lockedUntil",
  cardinality(failures) AS failures, networks`;

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

  async find(tx: Tx, id: string): Promise<ListedLock | null> {
    const { rows } = await statement<ListedLock>(
      tx,
      `SELECT ${COLUMNS} FROM locks WHERE id = $1 AND locked_at IS NOT NULL AND user_id IS NOT NULL`,
      [id],
    );
    return rows[0] ?? null;
  }

  /** Locks that their owners do not know of yet; each is returned once. */
  async takeUntoldToOwners(tx: Tx, limit: number): Promise<ListedLock[]> {
    const { rows } = await statement<ListedLock>(
      tx,
      `WITH untold AS (
         SELECT bucket FROM locks
         WHERE locked_at IS NOT NULL AND user_id IS NOT NULL AND (owner_told_of IS NULL OR owner_told_of < locked_at)
         ORDER BY locked_at LIMIT $1 FOR UPDATE),
       told AS (UPDATE locks SET owner_told_of = locked_at FROM untold WHERE locks.bucket = untold.bucket RETURNING locks.*)
       SELECT ${COLUMNS} FROM told ORDER BY locked_at`,
      [limit],
    );
    return rows;
  }

  /** When admins were last told of any lock. */
  async adminsToldAt(tx: Tx): Promise<Date | null> {
    const { rows } = await statement<{ at: Date | null }>(tx, `SELECT max(admins_told_at) AS at FROM locks`);
    return rows[0]?.at ?? null;
  }

  /** Locks that admins do not know of yet. */
  async untoldToAdmins(tx: Tx, limit: number): Promise<ListedLock[]> {
    const { rows } = await statement<ListedLock>(
      tx,
      `SELECT ${COLUMNS} FROM locks
       WHERE locked_at IS NOT NULL AND user_id IS NOT NULL AND (admins_told_of IS NULL OR admins_told_of < locked_at)
       ORDER BY locked_at LIMIT $1 FOR UPDATE`,
      [limit],
    );
    return rows;
  }

  async noteAdminsTold(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
    await statement(
      tx,
      `UPDATE locks SET admins_told_of = locked_at, admins_told_at = $2 WHERE id = ANY ($1::uuid[])`,
      [ids, now],
    );
  }
}
