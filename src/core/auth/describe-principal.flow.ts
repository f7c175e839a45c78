import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Principal } from '../../kernel/principal';
import { Sessions } from '../session/sessions.service';
import { Users } from '../user/users.repository';
import { AdminAccess } from './admin-access.service';
import { ADMIN } from './admin-role.service';

/** What decides over what somebody may do: facts of the account's row as it is now, not of an older token. */
export interface PrincipalTraits {
  /** The account's uuid. */
  readonly userId: string;
  /** In canonical form; null until it is proved. */
  readonly email: string | null;
  readonly roles: readonly string[];
  /** Whether this session passed a second factor. */
  readonly hasPassedSecondFactor: boolean;
}

/** Says by what rules may judge whoever is signed in. */
@Injectable()
export class DescribePrincipal {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly adminAccess: AdminAccess,
    private readonly sessions: Sessions,
  ) {}

  /** @throws AppError `session-ended` when the account is gone or disabled */
  execute(principal: Principal): Promise<PrincipalTraits> {
    return this.traitsOf(this.database.pool, principal);
  }

  /**
   * As `execute`, for work that may outlive the token it began with: the session's row is asked as well, which knows what
   * the memory of revocations forgets once their tokens have expired. Nothing is locked: who ends a session must not have
   * to wait for those who use it.
   *
   * @throws AppError `session-ended`
   */
  async executeNow(principal: Principal, tx: Tx = this.database.pool): Promise<PrincipalTraits> {
    const session = await this.sessions.find(tx, principal.sessionId);
    if (session?.userId !== principal.userId) throw new AppError('session-ended');
    return this.traitsOf(tx, principal);
  }

  private async traitsOf(tx: Tx, principal: Principal): Promise<PrincipalTraits> {
    const user = await this.users.findById(tx, principal.userId);
    if (!user || user.disabledAt) throw new AppError('session-ended');
    const isAdmin = this.adminAccess.has(user, principal);
    return {
      userId: user.id,
      email: user.emailVerifiedAt ? user.emailCanonical : null,
      // who could not act as an admin elsewhere is none here
      roles: user.roles.filter((role) => role !== ADMIN || isAdmin),
      hasPassedSecondFactor: principal.amr.length > 1,
    };
  }
}
