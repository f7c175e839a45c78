import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import type { Caller } from '../../kernel/principal';
import { Audit, type AuditEventName } from '../audit/audit.service';
import type { Bucket } from '../lockout/bucket';
import type { Recognised } from '../lockout/known-callers.service';
import { Lockout, type Admission } from '../lockout/lockout.service';
import { isVouched } from './device-grants.service';
import { FailureBudgets } from './failure-budgets.port';

export interface Guess {
  readonly userId: string | null;
  readonly caller: Caller;
  readonly recognised: Recognised;
  /** Where it counts when the account does not know the caller; null where a ticket counts the tries already. */
  readonly strangers: Bucket | null;
}

/** A guess that may be judged now. Unless it is settled otherwise it counts as wrong. */
export interface AllowedGuess {
  /** The network has failed so often that its work comes last. */
  readonly isSuspect: boolean;
  /** It was right. */
  succeed(): Promise<void>;
  /** It was never judged. */
  giveBack(): Promise<void>;
  /** It was wrong: writes it down. */
  fail(tx: Tx, event: AuditEventName, identifier?: string): Promise<void>;
}

/** What every guess has to pass before it is judged: the budget of its network, then the lockout of its bucket. */
@Injectable()
export class GuessLimits {
  constructor(
    private readonly budgets: FailureBudgets,
    private readonly lockout: Lockout,
    private readonly audit: Audit,
  ) {}

  /** @throws AppError `too-many-requests`, `locked` */
  async allow(guess: Guess): Promise<AllowedGuess> {
    const { userId, caller } = guess;
    const charged = await this.budgets.charge(caller, isVouched(guess.recognised));
    const admission = await this.admit(guess).catch(async (error: unknown) => {
      await charged.giveBack(); // refused, so nothing was guessed
      throw error;
    });
    return {
      isSuspect: charged.isSuspect,
      succeed: async () => {
        await admission?.succeed();
        await charged.giveBack();
      },
      giveBack: async () => {
        await admission?.giveBack();
        await charged.giveBack();
      },
      fail: async (tx, event, identifier) => {
        const entry = { userId, caller, ...(identifier === undefined ? {} : { identifier }) };
        await this.audit.record(tx, { event, ...entry });
        if (admission?.hasLocked !== true) return;
        await admission.confirm(tx);
        await this.audit.record(tx, { event: 'locked', ...entry, facts: { standing: admission.standing } });
      },
    };
  }

  private async admit({ userId, caller, recognised, strangers }: Guess): Promise<Admission | null> {
    if (strangers === null) return null;
    const { factor } = strangers;
    return this.lockout.admit({ factor, userId, recognised, strangers, network: caller.network });
  }
}
