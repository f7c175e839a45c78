import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.service';
import type { Caller, Principal } from '../../kernel/principal';
import { Totp } from '../mfa/totp.service';
import { Revocations } from '../session/revocations.service';
import { AccountChanges } from './account-changes.service';
import { LiveSession } from './live-session.service';
import { RecentProof } from './recent-proof.service';

export interface EnableTotpCommand {
  readonly principal: Principal;
  readonly code: string;
  readonly caller: Caller;
}

/** Enables the second factor that this session generated, by its first code. From then on every sign-in asks for one. */
@Injectable()
export class EnableTotp {
  constructor(
    private readonly database: Database,
    private readonly recentProof: RecentProof,
    private readonly liveSession: LiveSession,
    private readonly totp: Totp,
    private readonly changes: AccountChanges,
    private readonly revocations: Revocations,
  ) {}

  /** @throws AppError `reauthentication-required`, `mfa-already-enabled`, `mfa-not-generated`, `invalid-code`, `session-ended` */
  async execute(command: EnableTotpCommand): Promise<void> {
    this.recentProof.demand(command.principal);
    const ended = await this.database.transaction((tx) => this.enable(tx, command));
    this.revocations.note(ended);
  }

  private async enable(tx: Tx, { principal, code, caller }: EnableTotpCommand): Promise<string[]> {
    const { userId, sessionId } = principal;
    const user = await this.liveSession.lock(tx, principal);
    const before = await this.changes.before(tx, user);
    await this.totp.enable(tx, userId, sessionId, code);
    return this.changes.after(tx, { user, before, change: 'factor-enabled', keepSessionId: sessionId, caller });
  }
}
