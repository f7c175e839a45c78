import { Injectable } from '@nestjs/common';
import { setTimeout } from 'node:timers/promises';
import { Database, type Tx } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import { AppError } from '../../kernel/errors/app-error';
import type { Bucket, Factor, Standing } from './bucket';
import { Buckets } from './buckets.service';
import { KnownCallers, type Recognised } from './known-callers.service';
import { cleared, forgottenAt, isLocked, isVoid, rested, stateOf, withFailure, withoutFailure } from './lockout.policy';
import type { BucketHistory } from './lockout.policy';
import { CERTAIN_SECONDS } from './lock-list.repository';
import { Locks, type Closure } from './locks.repository';

/** An attempt to guess something of an account, or of a name that nobody has. */
export interface Attempt {
  readonly factor: Factor;
  readonly userId: string | null;
  readonly recognised: Recognised;
  /** Where it counts when the account does not know the caller. */
  readonly strangers: Bucket;
  /** From where it comes. */
  readonly network: string;
}

/** An attempt that may be judged. It counts as a failure, also should this process die, until it is settled otherwise. */
export interface Admission {
  readonly standing: Standing;
  /** Whether no further attempt is admitted before a lock has ended. */
  readonly hasLocked: boolean;
  /** It was right: it does not count. For a known caller nothing before it counts any more either. */
  succeed(): Promise<void>;
  /** It was never judged: it does not count. */
  giveBack(): Promise<void>;
  /** It was wrong, and has locked: whom that concerns may be told now. */
  confirm(tx: Tx): Promise<void>;
}

interface Reservation {
  readonly bucket: Bucket;
  readonly at: Date;
  readonly hasLocked: boolean;
  /** Null where the bucket had failures from there before. */
  readonly newNetwork: string | null;
}

/**
 * Who may guess now. The check and the count are one transaction that locks the bucket's row, before anything is hashed:
 * of any number of attempts at once no more are judged than the limit says, in however many processes.
 */
@Injectable()
export class Lockout {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly buckets: Buckets,
    private readonly locks: Locks,
    private readonly callers: KnownCallers,
  ) {}

  /** @throws AppError `locked`, with the seconds until the caller's bucket opens; an attempt refused is no failure */
  async admit(attempt: Attempt): Promise<Admission> {
    for (const bucket of this.bucketsFor(attempt)) {
      const reserved = await this.enter(bucket, attempt.network);
      if (reserved !== 'void') return this.admission(reserved);
    }
    throw new AppError('locked', { retryAfterSeconds: 1 });
  }

  /**
   * Waits while the bucket is full of attempts that are being judged: should they turn out right, there was no lock. So
   * more sign-ins at once than the limit are not taken for guesses.
   */
  private async enter(bucket: Bucket, network: string): Promise<Reservation | 'void'> {
    for (let waits = 0; ; waits += 1) {
      // a flood at a locked bucket costs one read, and waits for no row
      const seen = await this.locks.closure(this.database.pool, bucket);
      const outcome = isLocked(seen, this.clock.now())
        ? seen
        : await this.database.transaction((tx) => this.reserve(tx, bucket, network));
      if (outcome === 'void' || 'bucket' in outcome) return outcome;
      if (waits === MOST_WAITS || this.isCertain(outcome)) throw this.refusal(outcome);
      await setTimeout(Math.min(FIRST_WAIT_MS * 2 ** waits, WAIT_MS));
    }
  }

  /** As to when others are told of it: judged, or so old that it never will be. */
  private isCertain({ lockedAt, confirmedOf }: Closure): boolean {
    if (lockedAt === null || (confirmedOf !== null && confirmedOf >= lockedAt)) return true;
    return this.clock.now().getTime() - lockedAt.getTime() >= CERTAIN_SECONDS * 1000;
  }

  private refusal({ lockedUntil }: Closure): AppError {
    const seconds = ((lockedUntil?.getTime() ?? 0) - this.clock.now().getTime()) / 1000;
    return new AppError('locked', { retryAfterSeconds: Math.max(1, Math.ceil(seconds)) });
  }

  /** What knows the caller best; then, should that be void, the next. */
  private *bucketsFor({ factor, userId, recognised, strangers }: Attempt): Generator<Bucket> {
    const { deviceId, sessionId, network } = recognised;
    if (userId !== null && deviceId !== null) yield this.buckets.known(factor, 'device', userId, deviceId);
    if (userId !== null && sessionId !== null) yield this.buckets.known(factor, 'session', userId, sessionId);
    if (userId !== null && network !== null) yield this.buckets.known(factor, 'network', userId, network);
    yield strangers;
  }

  /** The reservation; or the bucket's lock; or that it is nobody's any more. */
  private async reserve(tx: Tx, bucket: Bucket, network: string): Promise<Reservation | Closure | 'void'> {
    const at = this.clock.now();
    const row = await this.locks.hold(tx, bucket, at);
    const rules = this.buckets.rulesOf(bucket);
    const history = rested(row, at, rules);
    const state = stateOf(history, rules);
    if (isLocked(state, at)) return { ...state, confirmedOf: row.confirmedOf };
    if (isVoid(state, rules)) {
      await this.disown(tx, bucket);
      return 'void';
    }
    const isNew = !row.networks.includes(network);
    const networks = [network, ...row.networks.filter((other) => other !== network)].slice(0, NETWORKS_KEPT);
    const after = await this.write(tx, bucket, withFailure(history, at), networks);
    return { bucket, at, hasLocked: isLocked(after, at), newNetwork: isNew ? network : null };
  }

  private admission(reservation: Reservation): Admission {
    const { bucket, hasLocked } = reservation;
    const isKnown = bucket.standing !== 'stranger';
    return {
      standing: bucket.standing,
      hasLocked,
      succeed: () => this.settle(reservation, isKnown),
      giveBack: () => this.settle(reservation, false),
      confirm: (tx) => this.locks.confirm(tx, bucket, reservation.at),
    };
  }

  /** Takes one's own attempt out of the bucket's history; what it alone had brought about never was. */
  private settle({ bucket, at, newNetwork }: Reservation, clears: boolean): Promise<void> {
    return this.database.transaction(async (tx) => {
      const row = await this.locks.find(tx, bucket);
      if (!row) return; // lifted meanwhile
      const rules = this.buckets.rulesOf(bucket);
      const history = withoutFailure(row, at);
      const networks = row.networks.filter((network) => network !== newNetwork);
      const left = clears ? cleared(history, rules) : history;
      // a row that says nothing would say that somebody got in
      if (left.failures.length === 0 && left.level === 0) await this.locks.empty(tx, [bucket.digest]);
      else await this.write(tx, bucket, left, clears ? [] : networks);
    });
  }

  private async write(tx: Tx, bucket: Bucket, history: BucketHistory, networks: readonly string[]) {
    const rules = this.buckets.rulesOf(bucket);
    const state = stateOf(history, rules);
    const { lockedAt, lockedUntil } = state;
    await this.locks.write(tx, bucket, {
      ...history,
      lockedAt,
      lockedUntil,
      networks,
      forgottenAt: forgottenAt(history, rules),
    });
    return state;
  }

  /** After 100 failures in a row a device or network is a stranger; a session is one to the lockout only. */
  private async disown(tx: Tx, { standing, userId, knownBy }: Bucket): Promise<void> {
    if (userId === null || knownBy === null) return;
    if (standing === 'device') await this.callers.disownDevice(tx, userId, knownBy);
    if (standing === 'network') await this.callers.disownNetwork(tx, userId, knownBy);
  }
}

/** Two seconds in all: as long as a crowded queue of hashes may take. */
const FIRST_WAIT_MS = 5;
const WAIT_MS = 40;
const MOST_WAITS = 52;

/** How many networks a lock's mail can name. */
const NETWORKS_KEPT = 10;
