import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Principal } from '../../kernel/principal';
import { Sessions } from '../session/sessions.service';
import type { UserEntity } from '../user/user.entity';
import { Users } from '../user/users.repository';
import { RecentProof } from './recent-proof.service';

/**
 * The account of a session, inside the transaction of what the session does to it. The guard has looked at the access
 * token a moment before, maybe in a process that had not heard yet: a session that its owner has just ended must not get
 * a last act in. Under the account's lock, either the ending sees the act or the act sees the ending.
 */
@Injectable()
export class LiveSession {
  constructor(
    private readonly users: Users,
    private readonly sessions: Sessions,
    private readonly recentProof: RecentProof,
  ) {}

  /**
   * Locks the account and holds the session until the transaction ends.
   *
   * @throws AppError `session-ended`
   */
  async lock(tx: Tx, { userId, sessionId }: Pick<Principal, 'userId' | 'sessionId'>): Promise<UserEntity> {
    const user = await this.users.lockById(tx, userId);
    if (!user || user.disabledAt || !(await this.sessions.hold(tx, userId, sessionId))) {
      throw new AppError('session-ended');
    }
    return user;
  }

  /**
   * The same for what is sensitive.
   *
   * @throws AppError `reauthentication-required`, `session-ended`
   */
  lockRecent(tx: Tx, principal: Principal): Promise<UserEntity> {
    this.recentProof.demand(principal);
    return this.lock(tx, principal);
  }
}
