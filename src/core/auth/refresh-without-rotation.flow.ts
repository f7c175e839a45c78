import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import { Sessions } from '../session/sessions.service';
import { Users } from '../user/users.repository';
import { AccessGrants, type AccessGrant } from './access-grants.service';
import type { RefreshCommand } from './refresh.flow';

/** For contracts that hand out one refresh token a session: a fresh access token for it, as often as it is asked for. */
@Injectable()
export class RefreshWithoutRotation {
  constructor(
    private readonly database: Database,
    private readonly sessions: Sessions,
    private readonly users: Users,
    private readonly access: AccessGrants,
  ) {}

  /** @throws AppError `invalid-refresh-token` */
  async execute(command: RefreshCommand): Promise<AccessGrant> {
    const outcome = await this.database.transaction((tx) => this.use(tx, command));
    if ('token' in outcome) return outcome;
    // thrown only after the commit: an ended session must stay ended
    this.access.withdraw(outcome.endedSessionIds);
    throw new AppError('invalid-refresh-token');
  }

  private async use(
    tx: Tx,
    { refreshToken, caller }: RefreshCommand,
  ): Promise<AccessGrant | { readonly endedSessionIds: readonly string[] }> {
    const session = await this.sessions.useRefreshToken(tx, refreshToken, caller.contract);
    if (!session) return { endedSessionIds: [] };
    const user = await this.users.findById(tx, session.userId);
    if (!user || user.disabledAt) return { endedSessionIds: await this.sessions.end(tx, [session.id]) };
    return this.access.grant(user, session);
  }
}
