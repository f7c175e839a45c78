import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller, Principal } from '../../kernel/principal';
import { SecondFactor } from '../mfa/second-factor.service';
import { Revocations } from '../session/revocations.service';
import type { UserEntity } from '../user/user.entity';
import { AccountChanges } from './account-changes.service';
import type { AccountSnapshot } from './account-snapshots.service';
import { MAIL_WAIT_SECONDS, UNDO_SECONDS } from './auth-lifetimes';
import { GuardedCode } from './guarded-code.service';
import { LiveSession } from './live-session.service';

export interface DisableTotpCommand {
  readonly principal: Principal;
  /** A TOTP code or a recovery code. */
  readonly code: string;
  readonly caller: Caller;
}

/** Takes the second factor and its recovery codes away, by a code of it. */
@Injectable()
export class DisableTotp {
  constructor(
    private readonly liveSession: LiveSession,
    private readonly codes: GuardedCode,
    private readonly secondFactor: SecondFactor,
    private readonly changes: AccountChanges,
    private readonly revocations: Revocations,
  ) {}

  /** @throws AppError `mfa-not-enabled`, `invalid-code`, `session-ended`, `too-many-requests` */
  async execute({ principal, code, caller }: DisableTotpCommand): Promise<void> {
    const { userId, sessionId } = principal;
    const ended = await this.codes.spend({
      userId,
      code,
      caller,
      prepare: (tx) => this.look(tx, principal),
      allowed: async (tx, { user, before }) => {
        await this.secondFactor.retire(tx, userId, MAIL_WAIT_SECONDS + UNDO_SECONDS);
        const made = {
          user,
          before,
          change: 'factor-disabled',

          keepSessionId: sessionId,
          caller,
        } as const;
        return this.changes.after(tx, made);
      },
    });
    this.revocations.note(ended);
  }

  private async look(tx: Tx, principal: Principal): Promise<{ user: UserEntity; before: AccountSnapshot }> {
    const user = await this.liveSession.lock(tx, principal);
    if (!(await this.secondFactor.isEnabled(tx, user.id))) throw new AppError('mfa-not-enabled');
    return { user, before: await this.changes.before(tx, user) };
  }
}
