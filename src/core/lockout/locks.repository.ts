import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '../../database/database.service';
import { newId } from '../../kernel/ids';
import type { Bucket, Factor, Standing } from './bucket';
import type { BeyondRow, BucketHistory } from './lockout.policy';

/** A bucket's lock, if it ever had one. */
export interface Closure {
  readonly lockedAt: Date | null;
  readonly lockedUntil: Date | null;
  /** The `lockedAt` of the latest lock whose last attempt was judged, and wrong. */
  readonly confirmedOf: Date | null;
}

/** A bucket's row. */
export interface LockRow extends BucketHistory, Closure {
  readonly id: string;
  readonly factor: Factor;
  readonly standing: Standing;
  readonly beyond: BeyondRow;
  readonly userId: string | null;
  readonly knownBy: string | null;
  /** From where the latest failures came, the latest first. */
  readonly networks: readonly string[];
}

/** What a change of a bucket writes. */
export interface WrittenBucket extends BucketHistory {
  readonly lockedAt: Date | null;
  readonly lockedUntil: Date | null;
  readonly networks: readonly string[];
  readonly forgottenAt: Date;
}

const COLUMNS = `id, factor, standing, beyond, user_id AS "userId", known_by AS "knownBy", level, level_at AS "levelAt",
  failures, networks, locked_at AS "lockedAt", locked_until AS "lockedUntil", confirmed_of AS "confirmedOf"`;

const NEVER_LOCKED: Closure = { lockedAt: null, lockedUntil: null, confirmedOf: null };

/** Buckets as rows. What they mean, the policy says. */
@Injectable()
export class Locks {
  /** The bucket's lock as of the last commit. */
  async closure(tx: Tx, { digest }: Bucket): Promise<Closure> {
    const { rows } = await statement<Closure>(
      tx,
      `SELECT locked_at AS "lockedAt", locked_until AS "lockedUntil", confirmed_of AS "confirmedOf"
       FROM (VALUES (1)) AS one LEFT JOIN locks ON bucket = $1`,
      [digest],
    );
    return rows[0] ?? NEVER_LOCKED;
  }

  /** The bucket, made if need be, locked until the transaction ends: attempts at it follow each other. */
  async hold(tx: Tx, bucket: Bucket, now: Date): Promise<LockRow> {
    const { rows } = await statement<LockRow>(
      tx,
      `INSERT INTO locks (bucket, id, factor, standing, beyond, user_id, known_by, failures, networks, forgotten_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, '{}', '{}', $8)
       ON CONFLICT (bucket) DO UPDATE SET user_id = COALESCE(EXCLUDED.user_id, locks.user_id) RETURNING ${COLUMNS}`,
      [bucket.digest, newId(), bucket.factor, bucket.standing, bucket.beyond, bucket.userId, bucket.knownBy, now],
    );
    const [row] = rows;
    if (!row) throw new Error('a bucket that was just written is gone');
    return row;
  }

  /** The bucket, if there is one, locked until the transaction ends. */
  async find(tx: Tx, { digest }: Bucket): Promise<LockRow | null> {
    const { rows } = await statement<LockRow>(tx, `SELECT ${COLUMNS} FROM locks WHERE bucket = $1 FOR UPDATE`, [
      digest,
    ]);
    return rows[0] ?? null;
  }

  async write(tx: Tx, { digest }: Pick<Bucket, 'digest'>, written: WrittenBucket): Promise<void> {
    await statement(
      tx,
      `UPDATE locks SET level = $2, level_at = $3, failures = $4, networks = $5, locked_at = $6, locked_until = $7,
         forgotten_at = $8
       WHERE bucket = $1`,
      [
        digest,
        written.level,
        written.levelAt,
        written.failures,
        written.networks,
        written.lockedAt,
        written.lockedUntil,
        written.forgottenAt,
      ],
    );
  }

  /** The attempt that brought the lock of that instant was wrong: the lock is certain. */
  async confirm(tx: Tx, { digest }: Bucket, lockedAt: Date): Promise<void> {
    await statement(tx, `UPDATE locks SET confirmed_of = locked_at WHERE bucket = $1 AND locked_at = $2`, [
      digest,
      lockedAt,
    ]);
  }

  /**
   * Says whose the strangers' buckets at some names are; those at other names, which were the account's, are nobody's. Whose
   * a bucket was before is nobody's business: its new owner is told of a lock that lasts, and not from where it came.
   */
  async assign(tx: Tx, userId: string, digests: readonly Buffer[], now: Date): Promise<void> {
    await statement(
      tx,
      `UPDATE locks SET user_id = $1, networks = '{}',
         owner_told_of = CASE WHEN locked_until > $3 THEN NULL ELSE locked_at END,
         admins_told_of = CASE WHEN locked_until > $3 THEN NULL ELSE locked_at END
       WHERE bucket = ANY ($2::bytea[]) AND user_id IS DISTINCT FROM $1`,
      [userId, digests, now],
    );
    await statement(
      tx,
      `UPDATE locks SET user_id = NULL
       WHERE user_id = $1 AND standing = 'stranger' AND factor IN ('secret', 'recovery') AND bucket <> ALL ($2::bytea[])`,
      [userId, digests],
    );
  }

  /** Those buckets are as new. */
  async empty(tx: Tx, digests: readonly Buffer[]): Promise<number> {
    const { affected } = await statement(tx, `DELETE FROM locks WHERE bucket = ANY ($1::bytea[])`, [digests]);
    return affected;
  }

  /** Empties the buckets, of both factors, of what an account knows somebody by. */
  async emptyKnown(tx: Tx, userId: string, knownBy: string): Promise<void> {
    await statement(tx, `DELETE FROM locks WHERE user_id = $1 AND known_by = $2`, [userId, knownBy]);
  }

  /** The same for all that it knows anybody by. */
  async emptyAllKnown(tx: Tx, userId: string): Promise<void> {
    await statement(tx, `DELETE FROM locks WHERE user_id = $1 AND known_by IS NOT NULL`, [userId]);
  }

  /** Empties the buckets of the secret, not of the second factor, of some that an account knows somebody by. */
  async emptySecrets(tx: Tx, userId: string, knownBy: readonly string[]): Promise<void> {
    await statement(tx, `DELETE FROM locks WHERE user_id = $1 AND factor = 'secret' AND known_by = ANY ($2::text[])`, [
      userId,
      knownBy,
    ]);
  }

  /** Empties every bucket of an account, of some factors. Returns how many there were. */
  async emptyFactors(tx: Tx, userId: string, factors: readonly Factor[]): Promise<number> {
    const { affected } = await statement(tx, `DELETE FROM locks WHERE user_id = $1 AND factor = ANY ($2::text[])`, [
      userId,
      factors,
    ]);
    return affected;
  }

  /** Deletes what says nothing any more, and the networks of failures that are 30 days old. */
  async purge(tx: Tx, now: Date, networksBefore: Date): Promise<void> {
    await statement(tx, `DELETE FROM locks WHERE forgotten_at < $1 AND (locked_until IS NULL OR locked_until < $1)`, [
      now,
    ]);
    await statement(
      tx,
      `UPDATE locks SET networks = '{}' WHERE networks <> '{}' AND failures[array_upper(failures, 1)] < $1`,
      [networksBefore],
    );
  }
}
