import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import type { AuditEventName } from '../audit/audit.service';
import { Passwords } from '../credential/passwords.service';
import { Buckets } from '../lockout/buckets.service';
import { DeviceGrants, isVouched } from './device-grants.service';
import { GuessLimits } from './guess-limits.service';

export interface Comparison {
  readonly userId: string | null;
  /** Canonical: decides the decoy and the bucket, and names the attempt in the audit trail when there is no account. */
  readonly identifier: string;
  readonly storedHash: string | null;
  /** `ticket`: a ticket counts the tries already, and strangers must not be able to close that way. */
  readonly countedBy: 'lockout' | 'ticket';
  readonly secret: string;
  readonly caller: Caller;
  readonly failure: AuditEventName;
}

/**
 * The one place where a guessable secret is compared. The attempt is charged to its network and reserved in its bucket
 * before any hash, the hash is computed whether or not there is something to compare with, and only a right secret gets
 * both back.
 */
@Injectable()
export class GuardedComparison {
  constructor(
    private readonly database: Database,
    private readonly devices: DeviceGrants,
    private readonly buckets: Buckets,
    private readonly limits: GuessLimits,
    private readonly passwords: Passwords,
  ) {}

  /**
   * Returns whether the stored hash should be replaced by a better one.
   *
   * @throws AppError `invalid-credentials`, `locked`, `too-many-requests`, `busy`
   */
  async compare({ caller, identifier, userId, ...comparison }: Comparison): Promise<boolean> {
    const recognised = await this.devices.recognise(this.database.pool, userId, caller);
    const strangers = comparison.countedBy === 'ticket' ? null : this.buckets.strangersAt(identifier, userId);
    const guess = await this.limits.allow({ userId, caller, recognised, strangers });
    const standing = guess.isSuspect ? 'suspect' : 'ordinary';
    const grade = { class: isVouched(recognised) ? 'vouched' : standing, network: caller.network } as const;
    const { isRight, needsUpgrade } = await this.passwords
      .verify(comparison.storedHash, comparison.secret, identifier, grade)
      .catch(async (error: unknown) => {
        await guess.giveBack(); // the hash was never computed, so nothing was guessed
        throw error;
      });
    if (isRight) {
      await guess.succeed();
      return needsUpgrade;
    }
    await guess.fail(this.database.pool, comparison.failure, identifier);
    throw new AppError('invalid-credentials');
  }
}
