import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller, Principal } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import type { UserEntity } from '../user/user.entity';
import { Users } from '../user/users.repository';
import { AccountUsernames } from './account-usernames.service';
import { LiveSession } from './live-session.service';

/** Undefined leaves a field as it is, null empties it. */
export interface UpdateProfileCommand {
  readonly principal: Principal;
  readonly username?: string;
  readonly displayName?: string | null;
  /** A BCP 47 language tag. */
  readonly locale?: string | null;
  readonly caller: Caller;
}

/** Changes how an account is called. */
@Injectable()
export class UpdateProfile {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly liveSession: LiveSession,
    private readonly users: Users,
    private readonly usernames: AccountUsernames,
    private readonly audit: Audit,
  ) {}

  /** @throws AppError `username-taken`, `session-ended` */
  execute({ principal, username, caller, ...profile }: UpdateProfileCommand): Promise<UserEntity> {
    const { userId } = principal;
    return this.database.transaction(async (tx) => {
      const account = await this.liveSession.lock(tx, principal);
      if (username !== undefined) await this.usernames.rename(tx, account, username);
      await this.users.setProfile(tx, userId, profile, this.clock.now());
      await this.audit.record(tx, { event: 'profile-changed', userId, caller });
      const user = await this.users.findById(tx, userId);
      if (!user) throw new AppError('session-ended');
      return user;
    });
  }
}
