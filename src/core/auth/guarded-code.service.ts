import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import { SecondFactor, type SecondFactorMethod } from '../mfa/second-factor.service';
import { FailureBudgets } from './failure-budgets.port';

export interface CodeAttempt<Ready, Result> {
  readonly userId: string;
  readonly code: string;
  readonly caller: Caller;
  /**
   * Runs in the transaction in which the code is spent, under the account's lock, before the code is looked at. What it
   * throws undoes everything.
   */
  readonly prepare: (tx: Tx) => Promise<Ready>;
  /** What the code allows, in that same transaction. */
  readonly allowed: (tx: Tx, ready: Ready, method: SecondFactorMethod) => Promise<Result>;
}

/**
 * The one place where a code of the second factor is judged. The attempt is charged first; the code is spent in the
 * transaction of what it allows; a wrong one is written down, which must outlive the refusal.
 */
@Injectable()
export class GuardedCode {
  constructor(
    private readonly database: Database,
    private readonly budgets: FailureBudgets,
    private readonly secondFactor: SecondFactor,
    private readonly audit: Audit,
  ) {}

  /** @throws AppError `invalid-code`, `too-many-requests`, and whatever `prepare` and `allowed` throw */
  async spend<Ready, Result>(spending: CodeAttempt<Ready, Result>): Promise<Result> {
    const attempt = await this.budgets.charge(spending.caller, false);
    const outcome = await this.judge(spending).catch(async (error: unknown) => {
      await attempt.giveBack(); // everything is undone, so nothing was guessed
      throw error;
    });
    if (!outcome.isRight) throw new AppError('invalid-code');
    await attempt.giveBack();
    return outcome.result;
  }

  private judge<Ready, Result>({ userId, code, caller, prepare, allowed }: CodeAttempt<Ready, Result>) {
    return this.database.transaction(async (tx) => {
      const ready = await prepare(tx);
      const method = await this.secondFactor.spend(tx, userId, code);
      if (method) return { isRight: true as const, result: await allowed(tx, ready, method) };
      await this.audit.record(tx, { event: 'second-factor-failed', userId, caller });
      return { isRight: false as const };
    });
  }
}
