import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import type { Principal } from '../../kernel/principal';
import { LockList, type ListedLock } from '../lockout/lock-list.repository';
import type { UserEntity } from '../user/user.entity';
import { Users } from '../user/users.repository';
import { AdminAccess } from './admin-access.service';

export interface AccountLock {
  readonly lock: ListedLock;
  readonly user: UserEntity;
}

/** More than a page of these nobody reads; the oldest show up as the latest are lifted or end. */
const LOCKS_SHOWN = 200;

/** The accounts' locks that have not ended, the latest first, for admins. */
@Injectable()
export class ListLocks {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly access: AdminAccess,
    private readonly locks: LockList,
    private readonly users: Users,
  ) {}

  /** @throws AppError `forbidden` */
  async execute(principal: Principal): Promise<AccountLock[]> {
    const { pool } = this.database;
    this.access.demand(await this.users.findById(pool, principal.userId), principal);
    const locks = await this.locks.present(pool, this.clock.now(), LOCKS_SHOWN);
    const users = await this.users.findByIds(pool, [...new Set(locks.map(({ userId }) => userId))]);
    const byId = new Map(users.map((user) => [user.id, user]));
    return locks.flatMap((lock) => {
      const user = byId.get(lock.userId);
      return user ? [{ lock, user }] : []; // deleted since
    });
  }
}
