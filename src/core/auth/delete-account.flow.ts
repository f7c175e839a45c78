import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller, Principal } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import { Revocations } from '../session/revocations.service';
import { DeletionRules } from './deletion-rules.service';
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
    private readonly rules: DeletionRules,
    private readonly liveSession: LiveSession,
    private readonly removal: AccountRemoval,
    private readonly revocations: Revocations,
    private readonly audit: Audit,
  ) {}

  /** @throws AppError `self-delete-off`, `reauthentication-required`, `forbidden`, `session-ended` */
  async execute({ principal, caller }: DeleteAccountCommand): Promise<void> {
    this.rules.demandAllowed();
    const ended = await this.database.transaction(async (tx: Tx) => {
      await this.liveSession.lockRecent(tx, principal);
      await this.rules.demandOwn(tx, principal.userId);
      const sessionIds = await this.removal.remove(tx, principal.userId);
      if (!sessionIds) throw new AppError('session-ended');
      await this.audit.record(tx, { event: 'account-deleted', userId: principal.userId, caller });
      return sessionIds;
    });
    this.revocations.note(ended);
  }
}
