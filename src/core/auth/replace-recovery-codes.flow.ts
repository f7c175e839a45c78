import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller, Principal } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import { RecoveryCodes } from '../mfa/recovery-codes.service';
import { SecondFactor } from '../mfa/second-factor.service';
import { Users } from '../user/users.repository';
import { RecentProof } from './recent-proof.service';

export interface ReplaceRecoveryCodesCommand {
  readonly principal: Principal;
  readonly caller: Caller;
}

/** Makes ten recovery codes in place of the former ones, and shows them this once. */
@Injectable()
export class ReplaceRecoveryCodes {
  constructor(
    private readonly database: Database,
    private readonly recentProof: RecentProof,
    private readonly users: Users,
    private readonly secondFactor: SecondFactor,
    private readonly recoveryCodes: RecoveryCodes,
    private readonly audit: Audit,
  ) {}

  /** @throws AppError `reauthentication-required`, `mfa-not-enabled`, `session-ended` */
  async execute({ principal, caller }: ReplaceRecoveryCodesCommand): Promise<string[]> {
    const { userId } = principal;
    this.recentProof.demand(principal);
    return this.database.transaction(async (tx) => {
      if (!(await this.users.lockById(tx, userId))) throw new AppError('session-ended');
      if (!(await this.secondFactor.isEnabled(tx, userId))) throw new AppError('mfa-not-enabled');
      await this.audit.record(tx, { event: 'recovery-codes-replaced', userId, caller });
      return this.recoveryCodes.replace(tx, userId);
    });
  }
}
