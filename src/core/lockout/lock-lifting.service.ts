import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import { isUuid } from '../../kernel/ids';
import type { Factor } from './bucket';
import { Buckets } from './buckets.service';
import { Locks } from './locks.repository';

export interface LiftedLock {
  readonly userId: string | null;
  readonly factor: Factor;
}

export interface AccountNames {
  readonly userId: string;
  /** Every name it can be signed in by, in canonical form. */
  readonly identifiers: readonly string[];
}

/** Ends locks before their time, which only admins do. A bucket that is lifted is as new. */
@Injectable()
export class LockLifting {
  constructor(
    private readonly clock: Clock,
    private readonly buckets: Buckets,
    private readonly locks: Locks,
  ) {}

  /** Null when there is no such lock, or no longer. */
  async liftOne(tx: Tx, id: string): Promise<LiftedLock | null> {
    if (!isUuid(id)) return null;
    const { rows } = await statement<LiftedLock>(
      tx,
      `WITH lifted AS (DELETE FROM locks WHERE id = $1 AND locked_until > $2 RETURNING user_id, factor)
       SELECT user_id AS "userId", factor FROM lifted`,
      [id, this.clock.now()],
    );
    return rows[0] ?? null;
  }

  /** Every bucket of an account. The second factor's stay unless asked for: a link about the first must not open it. */
  async liftAccount(tx: Tx, names: AccountNames, factors: readonly Factor[]): Promise<number> {
    const strangers = factors.includes('secret') ? this.strangersOf(names) : [];
    const atNames = await this.locks.empty(tx, strangers);
    return atNames + (await this.locks.emptyFactors(tx, names.userId, factors));
  }

  /**
   * Until when the way by password or verifier is closed to anybody: to strangers at a name of the account, or to a device
   * or network it knows. Null where it is closed to nobody.
   */
  async lockedUntil(tx: Tx, names: AccountNames): Promise<Date | null> {
    const { rows } = await statement<{ until: Date | null }>(
      tx,
      `SELECT max(locked_until) AS until FROM locks
       WHERE (bucket = ANY ($1::bytea[]) OR (user_id = $2 AND factor = 'secret')) AND locked_until > $3`,
      [this.strangersOf(names), names.userId, this.clock.now()],
    );
    return rows[0]?.until ?? null;
  }

  /** The strangers' buckets at these names, and no other ones, are this account's from now on. */
  async assign(tx: Tx, names: AccountNames): Promise<void> {
    const recovery = names.identifiers.map((name) => this.buckets.strangersToRecoveryOf(name, names.userId).digest);
    await this.locks.assign(tx, names.userId, [...this.strangersOf(names), ...recovery], this.clock.now());
  }

  private strangersOf({ userId, identifiers }: AccountNames): Buffer[] {
    return identifiers.map((identifier) => this.buckets.strangersAt(identifier, userId).digest);
  }
}
