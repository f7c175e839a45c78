import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.service';
import { NOBODY } from '../../../kernel/ids';
import type { Caller } from '../../../kernel/principal';
import { Buckets } from '../../lockout/buckets.service';
import { SecondFactor } from '../../mfa/second-factor.service';
import { DeviceGrants } from '../device-grants.service';
import { GuessLimits } from '../guess-limits.service';
import { JudgedGuess } from '../judged-guess.service';

export interface RecoveryAttempt<Result> {
  readonly userId: string | null;
  /** The name in canonical form: decides the strangers' bucket, and names the attempt in the audit trail. */
  readonly identifier: string;
  readonly code: string;
  readonly caller: Caller;
  /** Locks the account, if there is one that may recover, before the code is looked at. Returns its id. */
  readonly hold: (tx: Tx) => Promise<string | null>;
  /** What the code allows, in the transaction in which it is spent. */
  readonly allowed: (tx: Tx, userId: string) => Promise<Result>;
}

/**
 * The one place where a TOTP code stands for itself. So weak a proof has buckets of its own, much narrower than those of
 * sign-in, which it never touches. A name that nobody has, an account without TOTP and a wrong code cost the same.
 */
@Injectable()
export class GuardedRecovery {
  constructor(
    private readonly database: Database,
    private readonly devices: DeviceGrants,
    private readonly buckets: Buckets,
    private readonly limits: GuessLimits,
    private readonly secondFactor: SecondFactor,
    private readonly judged: JudgedGuess,
  ) {}

  /**
   * The code is spent as it is at sign-in: one that was used there is wrong here, and the other way round (RFC 6238 §5.2).
   *
   * @throws AppError `invalid-code`, `locked`, `too-many-requests`
   */
  async spend<Result>({ userId, identifier, caller, ...attempt }: RecoveryAttempt<Result>): Promise<Result> {
    const recognised = await this.devices.recognise(this.database.pool, userId, caller, 'recovery');
    const strangers = this.buckets.strangersToRecoveryOf(identifier, userId);
    return this.judged.settle({
      guess: await this.limits.allow({ userId, caller, recognised, strangers }),
      judge: async (tx) => {
        const holderId = await attempt.hold(tx);
        const isRight = await this.secondFactor.spendTotp(tx, holderId ?? NOBODY, attempt.code);
        return isRight && holderId !== null ? { result: await attempt.allowed(tx, holderId) } : null;
      },
      failure: 'recovery-failed',
      identifier,
    });
  }
}
