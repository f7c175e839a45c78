import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { AppError } from '../../kernel/errors/app-error';
import type { Principal } from '../../kernel/principal';
import type { UserEntity } from '../user/user.entity';
import { ADMIN } from './admin-role.service';

/** Who may do what admins do. Asked of the account's row every time: a token may be older than the role. */
@Injectable()
export class AdminAccess {
  constructor(private readonly settings: Settings) {}

  /** @throws AppError `forbidden`; with `PROFILE=hardened` also for a session that passed no second factor */
  demand(user: UserEntity | null, principal: Principal): void {
    if (!this.has(user, principal)) throw new AppError('forbidden');
  }

  has(user: UserEntity | null, { amr }: Principal): boolean {
    const isAdmin = user !== null && !user.disabledAt && user.emailVerifiedAt !== null && user.roles.includes(ADMIN);
    return isAdmin && (!this.settings.isHardened || amr.length > 1);
  }
}
