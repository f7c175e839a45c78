import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller, Principal } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import type { UserEntity } from '../user/user.entity';
import { Users } from '../user/users.repository';
import { NamedLocks } from './named-locks.service';
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
    private readonly audit: Audit,
    private readonly locks: NamedLocks,
  ) {}

  /** @throws AppError `username-taken`, `session-ended` */
  execute({ principal, username, caller, ...profile }: UpdateProfileCommand): Promise<UserEntity> {
    const { userId } = principal;
    return this.database.transaction(async (tx) => {
      await this.liveSession.lock(tx, principal);
      const now = this.clock.now();
      if (username !== undefined) {
        await this.users.setUsername(tx, userId, username, now);
        await this.locks.settle(tx, userId);
      }
      await this.users.setProfile(tx, userId, profile, now);
      await this.audit.record(tx, { event: 'profile-changed', userId, caller });
      const user = await this.users.findById(tx, userId);
      if (!user) throw new AppError('session-ended');
      return user;
    });
  }
}
