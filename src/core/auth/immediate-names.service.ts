import { Injectable } from '@nestjs/common';
import { lockName, type Tx } from '../../database/database.service';
import { canonicalIdentifier } from '../../kernel/canonical';
import { AppError } from '../../kernel/errors/app-error';
import { Users } from '../user/users.repository';
import { AccountUsernames } from './account-usernames.service';

export interface WantedNames {
  readonly email: string;
  readonly username: string;
}

/** Address and username of registrations in contracts that make accounts at once. */
@Injectable()
export class ImmediateNames {
  constructor(
    private readonly users: Users,
    private readonly usernames: AccountUsernames,
  ) {}

  /**
   * Nobody else gets them until the transaction ends. Whose enrolment keeps the username is not told: not even its own
   * address gets it here.
   *
   * @throws AppError `username-taken` when an enrolment keeps it
   */
  async lock(tx: Tx, { email, username }: WantedNames): Promise<void> {
    await lockName(tx, 'address', canonicalIdentifier(email));
    await this.usernames.demand(tx, username, { provedAddress: null });
  }

  /**
   * For contracts that tell. Call with the names locked.
   *
   * @param isAddressTold else nobody learns whether an account holds the address
   * @throws AppError `username-taken`, `email-taken`
   */
  async refuseTaken(tx: Tx, { email, username }: WantedNames, isAddressTold: boolean): Promise<void> {
    if (await this.users.findIdByUsername(tx, canonicalIdentifier(username))) throw new AppError('username-taken');
    if (!isAddressTold) return;
    if (await this.users.findIdByEmail(tx, canonicalIdentifier(email))) throw new AppError('email-taken');
  }
}
