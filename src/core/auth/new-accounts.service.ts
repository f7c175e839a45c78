import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import type { UserEntity } from '../user/user.entity';
import { Users, type NewUser } from '../user/users.repository';
import { NamedLocks } from './named-locks.service';

/** Makes accounts, and says whose the locks at their names are. */
@Injectable()
export class NewAccounts {
  constructor(
    private readonly users: Users,
    private readonly locks: NamedLocks,
  ) {}

  /** @throws AppError `email-taken`, `username-taken` */
  async create(tx: Tx, account: NewUser, profile?: Readonly<Record<string, unknown>>): Promise<UserEntity> {
    const user = await this.users.create(tx, account);
    if (profile) await this.users.setProfileData(tx, user.id, profile);
    await this.locks.settle(tx, user.id);
    return user;
  }
}
