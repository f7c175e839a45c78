import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { Database, type Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller, Principal } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import { Revocations } from '../session/revocations.service';
import { LiveSession } from './live-session.service';
import { AccountRemoval } from './account-removal.service';

export interface DeleteAccountCommand {
  readonly principal: Principal;
  readonly caller: Caller;
}

/** Deletes one's own account: credentials, sessions, devices and tickets go with it, at once and for good. */
@Injectable()
export class DeleteAccount {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly liveSession: LiveSession,
    private readonly removal: AccountRemoval,
    private readonly revocations: Revocations,
    private readonly audit: Audit,
  ) {}

  /** @throws AppError `self-delete-off`, `reauthentication-required`, `session-ended` */
  async execute({ principal, caller }: DeleteAccountCommand): Promise<void> {
    if (!this.settings.selfDelete) throw new AppError('self-delete-off');
    const ended = await this.database.transaction(async (tx: Tx) => {
      await this.liveSession.lockRecent(tx, principal);
      const sessionIds = await this.removal.remove(tx, principal.userId);
      if (!sessionIds) throw new AppError('session-ended');
      await this.audit.record(tx, { event: 'account-deleted', userId: principal.userId, caller });
      return sessionIds;
    });
    this.revocations.note(ended);
  }
}
