import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import type { HashGrade } from '../../platform/hashing/hash-grade';
import type { AuditEventName } from '../audit/audit.service';
import { Passwords } from '../credential/passwords.service';
import { Buckets } from '../lockout/buckets.service';
import { AwaitedProofs, type AwaitedProof } from '../ticket/awaited-proofs.repository';
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
  /** A wrong secret that is the password of a registration which waits for its mailbox is told to be that. */
  readonly isAwaitedProofTold?: boolean;
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
    private readonly awaited: AwaitedProofs,
  ) {}

  /**
   * Returns whether the stored hash should be replaced by a better one.
   *
   * @throws AppError `invalid-credentials` or `not-activated`, `locked`, `too-many-requests`, `busy`
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
    // as an answer to the account's secret it was wrong, and counts: else whoever registers could guess for nothing
    await guess.fail(this.database.pool, comparison.failure, identifier);
    const isAwaited =
      comparison.isAwaitedProofTold === true &&
      (await this.isAwaited({ address: identifier, network: caller.network }, comparison.secret, grade));
    throw new AppError(isAwaited ? 'not-activated' : 'invalid-credentials');
  }

  private async isAwaited(awaited: AwaitedProof, secret: string, grade: HashGrade): Promise<boolean> {
    const hash = await this.awaited.findHash(this.database.pool, awaited);
    const { isRight } = await this.passwords.verify(hash, secret, awaited.address, grade);
    return isRight;
  }
}
