import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Principal } from '../../kernel/principal';
import { SecondFactor } from '../mfa/second-factor.service';
import type { UserEntity } from '../user/user.entity';
import { Users } from '../user/users.repository';

export interface Account {
  readonly user: UserEntity;
  readonly hasSecondFactor: boolean;
}

/** The account of whoever is signed in. */
@Injectable()
export class GetAccount {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly secondFactor: SecondFactor,
  ) {}

  /** @throws AppError `session-ended` when the account is gone or disabled */
  async execute(principal: Principal): Promise<Account> {
    const user = await this.users.findById(this.database.pool, principal.userId);
    if (!user || user.disabledAt) throw new AppError('session-ended');
    return { user, hasSecondFactor: await this.secondFactor.isEnabled(this.database.pool, user.id) };
  }
}
