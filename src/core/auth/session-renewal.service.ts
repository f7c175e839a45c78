import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller, Principal } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import { Sessions } from '../session/sessions.service';
import type { UserEntity } from '../user/user.entity';
import { AccessGrants, type AccessGrant } from './access-grants.service';

export interface Renewal {
  readonly user: UserEntity;
  readonly principal: Principal;
  readonly amr: readonly string[];
  readonly caller: Caller;
}

/** Gives a session a fresh `auth_time`, and an access token that says so. */
@Injectable()
export class SessionRenewal {
  constructor(
    private readonly clock: Clock,
    private readonly sessions: Sessions,
    private readonly access: AccessGrants,
    private readonly audit: Audit,
  ) {}

  /** @throws AppError `session-ended` */
  async renew(tx: Tx, { user, principal, amr, caller }: Renewal): Promise<AccessGrant> {
    const session = await this.sessions.reauthenticated(tx, principal.sessionId, amr, this.clock.now());
    if (!session) throw new AppError('session-ended');
    await this.audit.record(tx, { event: 'reauthenticated', userId: user.id, caller });
    return this.access.grant(user, session);
  }
}
