import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { FailureBudgets, type ChargedAttempt } from '../../core/auth/failure-budgets.port';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { budgetScopes } from './budget-scopes';
import { NetworkBudgets } from './network-budgets.port';
import { chargeScopes, giveBackAll } from './scoped-charges';

const WINDOW_SECONDS = 600;

const FREE: ChargedAttempt = { isSuspect: false, giveBack: () => Promise.resolve() };

/**
 * `THROTTLE_FAILURES` failed proofs in ten minutes from one network, over all accounts. An attempt is charged before it
 * is judged, so that a hundred parallel guesses cannot all pass while none has failed yet.
 */
@Injectable()
export class FailureBudget extends FailureBudgets {
  constructor(
    private readonly budgets: NetworkBudgets,
    private readonly settings: Settings,
  ) {
    super();
  }

  /** A known device is charged nothing: its owner must get in from a network full of guessers. */
  override async charge(caller: Caller, isVouched: boolean): Promise<ChargedAttempt> {
    const limit = this.settings.throttleFailures;
    if (limit === 0 || isVouched) return FREE;
    const charges = await chargeScopes(
      budgetScopes(caller.network, limit),
      async (scope) => {
        const key = `failures:${scope.network}`;
        return { ...(await this.budgets.charge(key, WINDOW_SECONDS, scope.limit)), key };
      },
      this.budgets,
    );
    const refusal = charges.find(({ isWithin }) => !isWithin);
    if (refusal) throw new AppError('too-many-requests', { retryAfterSeconds: refusal.resetSeconds });
    return {
      isSuspect: charges.some(({ used, scope }) => used > scope.limit / 2),
      giveBack: () => giveBackAll(charges, this.budgets),
    };
  }
}
