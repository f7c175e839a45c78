import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.service';
import type { Caller, Principal } from '../../kernel/principal';
import { SecondFactor } from '../mfa/second-factor.service';
import { Revocations } from '../session/revocations.service';
import { AccountChanges } from './account-changes.service';
import { LiveSession } from './live-session.service';
import { RecentProof } from './recent-proof.service';

export interface ReplaceRecoveryCodesCommand {
  readonly principal: Principal;
  readonly caller: Caller;
}

/**
 * Makes ten recovery codes in place of the former ones, and shows them this once. It is a change of the factor like any
 * other, told to the owner: a stolen session could make itself a way past the factor unseen.
 */
@Injectable()
export class ReplaceRecoveryCodes {
  constructor(
    private readonly database: Database,
    private readonly recentProof: RecentProof,
    private readonly liveSession: LiveSession,
    private readonly secondFactor: SecondFactor,
    private readonly changes: AccountChanges,
    private readonly revocations: Revocations,
  ) {}

  /** @throws AppError `reauthentication-required`, `mfa-not-enabled`, `session-ended` */
  async execute(command: ReplaceRecoveryCodesCommand): Promise<string[]> {
    this.recentProof.demand(command.principal);
    const { codes, ended } = await this.database.transaction((tx) => this.replace(tx, command));
    this.revocations.note(ended);
    return codes;
  }

  private async replace(tx: Tx, { principal, caller }: ReplaceRecoveryCodesCommand) {
    const user = await this.liveSession.lock(tx, principal);
    const before = await this.changes.before(tx, user);
    const codes = await this.secondFactor.replaceRecoveryCodes(tx, user.id);
    const change = 'recovery-codes-replaced';
    const ended = await this.changes.after(tx, { user, before, change, keepSessionId: principal.sessionId, caller });
    return { codes, ended };
  }
}
