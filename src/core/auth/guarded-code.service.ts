import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.service';
import type { Caller } from '../../kernel/principal';
import { Buckets } from '../lockout/buckets.service';
import { SecondFactor, type SecondFactorMethod } from '../mfa/second-factor.service';
import { DeviceGrants } from './device-grants.service';
import { GuessLimits, type AllowedGuess } from './guess-limits.service';
import { JudgedGuess } from './judged-guess.service';

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
 * The one place where a code of the second factor is judged. The attempt is counted first, in buckets that no proof or
 * lift of the first factor touches; the code is spent in the transaction of what it allows; a wrong one is written down,
 * which must outlive the refusal.
 */
@Injectable()
export class GuardedCode {
  constructor(
    private readonly database: Database,
    private readonly devices: DeviceGrants,
    private readonly buckets: Buckets,
    private readonly limits: GuessLimits,
    private readonly secondFactor: SecondFactor,
    private readonly judged: JudgedGuess,
  ) {}

  /** @throws AppError `invalid-code`, `locked`, `too-many-requests`, and whatever `prepare` and `allowed` throw */
  async spend<Ready, Result>(attempt: CodeAttempt<Ready, Result>): Promise<Result> {
    const { userId, code, prepare, allowed } = attempt;
    return this.judged.settle({
      guess: await this.allow(attempt),
      judge: async (tx) => {
        const ready = await prepare(tx);
        const method = await this.secondFactor.spend(tx, userId, code);
        return method && { result: await allowed(tx, ready, method) };
      },
      failure: 'second-factor-failed',
    });
  }

  /** Recovery codes cannot be guessed (112 bits or more), so no lock closes that way back. */
  private async allow<R, S>({ userId, code, caller }: CodeAttempt<R, S>): Promise<AllowedGuess> {
    const recognised = await this.devices.recognise(this.database.pool, userId, caller, 'second-factor');
    const strangers = this.secondFactor.isGuessable(code) ? this.buckets.strangersToFactorOf(userId) : null;
    return this.limits.allow({ userId, caller, recognised, strangers });
  }
}
