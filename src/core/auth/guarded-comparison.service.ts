import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { Audit, type AuditEventName } from '../audit/audit.service';
import { Passwords } from '../credential/passwords.service';
import { DeviceGrants } from './device-grants.service';
import { FailureBudgets } from './failure-budgets.port';

export interface Comparison {
  readonly userId: string | null;
  /** Canonical: decides the decoy, and names the attempt in the audit trail when there is no account. */
  readonly identifier: string;
  readonly storedHash: string | null;
  readonly secret: string;
  readonly caller: Caller;
  readonly failure: AuditEventName;
}

/**
 * The one place where a guessable secret is compared. The attempt is charged before any hash, the hash is computed
 * whether or not there is something to compare with, and only a right secret gets the charge back.
 */
@Injectable()
export class GuardedComparison {
  constructor(
    private readonly database: Database,
    private readonly budgets: FailureBudgets,
    private readonly devices: DeviceGrants,
    private readonly passwords: Passwords,
    private readonly audit: Audit,
  ) {}

  /**
   * Returns whether the stored hash should be replaced by a better one.
   *
   * @throws AppError `invalid-credentials`, `too-many-requests`, `busy`
   */
  async compare(comparison: Comparison): Promise<boolean> {
    const { caller, identifier, userId } = comparison;
    const { isKnown } = await this.devices.present(this.database.pool, userId, caller);
    const attempt = await this.budgets.charge(caller, isKnown);
    const standing = attempt.isSuspect ? 'suspect' : 'ordinary';
    const grade = { class: isKnown ? 'vouched' : standing, network: caller.network } as const;
    const { isRight, needsUpgrade } = await this.passwords
      .verify(comparison.storedHash, comparison.secret, identifier, grade)
      .catch(async (error: unknown) => {
        await attempt.giveBack(); // the hash was never computed, so nothing was guessed
        throw error;
      });
    if (isRight) {
      await attempt.giveBack();
      return needsUpgrade;
    }
    await this.audit.record(this.database.pool, { event: comparison.failure, userId, identifier, caller });
    throw new AppError('invalid-credentials');
  }
}
