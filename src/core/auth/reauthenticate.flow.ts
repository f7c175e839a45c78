import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller, Principal } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import type { CredentialKind } from '../credential/credential.entity';
import { Sessions } from '../session/sessions.service';
import { AccessGrants, type AccessGrant } from './access-grants.service';
import { AccountCredential } from './account-credential.service';

export interface ReauthenticateCommand {
  readonly principal: Principal;
  readonly secret: string;
  readonly credential: CredentialKind;
  readonly caller: Caller;
}

/** Proves again who is behind a session, so that it may do what is sensitive: same session, fresh `auth_time`. */
@Injectable()
export class Reauthenticate {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly credential: AccountCredential,
    private readonly sessions: Sessions,
    private readonly access: AccessGrants,
    private readonly audit: Audit,
  ) {}

  /** @throws AppError `invalid-credentials`, `session-ended`, `too-many-requests`, `busy` */
  async execute(command: ReauthenticateCommand): Promise<AccessGrant> {
    const { principal, caller } = command;
    const proven = await this.credential.prove({
      ...command,
      userId: principal.userId,
      failure: 'reauthentication-failed',
    });
    return this.database.transaction(async (tx) => {
      const user = await this.credential.confirm(tx, proven);
      const session = await this.sessions.reauthenticated(tx, principal.sessionId, ['pwd'], this.clock.now());
      if (!user || !session) throw new AppError('session-ended');
      await this.audit.record(tx, { event: 'reauthenticated', userId: user.id, caller });
      return this.access.grant(user, session);
    });
  }
}
