import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Principal } from '../../kernel/principal';
import type { UserEntity } from '../user/user.entity';
import { Users } from '../user/users.repository';

/** The account of whoever is signed in. */
@Injectable()
export class GetAccount {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
  ) {}

  /** @throws AppError `session-ended` when the account is gone or disabled */
  async execute(principal: Principal): Promise<UserEntity> {
    const user = await this.users.findById(this.database.pool, principal.userId);
    if (!user || user.disabledAt) throw new AppError('session-ended');
    return user;
  }
}
