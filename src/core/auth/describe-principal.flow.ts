import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Principal } from '../../kernel/principal';
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
  ) {}

  /** @throws AppError `session-ended` when the account is gone or disabled */
  async execute(principal: Principal): Promise<PrincipalTraits> {
    const user = await this.users.findById(this.database.pool, principal.userId);
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
