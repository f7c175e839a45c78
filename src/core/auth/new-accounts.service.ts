import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { canonicalIdentifier } from '../../kernel/canonical';
import type { UserEntity } from '../user/user.entity';
import { Users, type NewUser } from '../user/users.repository';
import { AccountUsernames } from './account-usernames.service';
import { NamedLocks } from './named-locks.service';

export interface NewAccount extends NewUser {
  /** As an enrolment has it: who proved earlier gets the name. */
  readonly provedRank?: number | undefined;
}

/** Makes accounts, and says whose the locks at their names are. */
@Injectable()
export class NewAccounts {
  constructor(
    private readonly users: Users,
    private readonly usernames: AccountUsernames,
    private readonly locks: NamedLocks,
  ) {}

  /** @throws AppError `email-taken`, `username-taken` */
  async create(tx: Tx, account: NewAccount, profile?: Readonly<Record<string, unknown>>): Promise<UserEntity> {
    const { email, username, emailVerifiedAt, provedRank } = account;
    // who does not prove his address by this has nothing to show against an enrolment that did
    const provedAddress = email === null || emailVerifiedAt === null ? null : canonicalIdentifier(email);
    if (username !== null) await this.usernames.demand(tx, username, { provedAddress, provedRank });
    const user = await this.users.create(tx, account);
    if (profile) await this.users.setProfileData(tx, user.id, profile);
    await this.locks.settle(tx, user.id);
    return user;
  }
}
