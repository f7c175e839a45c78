import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { canonicalIdentifier } from '../../kernel/canonical';
import { Clock } from '../../kernel/clock';
import { isRefusal } from '../../kernel/errors/app-error';
import { newId } from '../../kernel/ids';
import type { UserEntity } from '../user/user.entity';
import { Users } from '../user/users.repository';
import { AccessRemoval } from './access-removal.service';
import { AccountUsernames } from './account-usernames.service';
import { NewAccounts } from './new-accounts.service';

interface NamedRegistration {
  readonly email: string;
  readonly username: string | null;
  readonly keepsUsername?: boolean;
  readonly isUsernameNeeded?: boolean;
  readonly provedRank?: number;
}

/** Accounts of addresses that have just been proved: new ones, and those that somebody held unproved. */
@Injectable()
export class ProvedAccounts {
  constructor(
    private readonly clock: Clock,
    private readonly users: Users,
    private readonly access: AccessRemoval,
    private readonly accounts: NewAccounts,
    private readonly usernames: AccountUsernames,
  ) {}

  /**
   * Makes an account. It goes without the username when that is taken, unless it is needed.
   *
   * @throws AppError `username-taken`
   */
  async create(tx: Tx, registration: NamedRegistration) {
    const { email, username, isUsernameNeeded, provedRank } = registration;
    const now = this.clock.now();
    const account = { id: newId(), email, emailVerifiedAt: now, provedRank, now };
    try {
      return await this.accounts.create(tx, { ...account, username });
    } catch (error) {
      if (isUsernameNeeded === true || !isRefusal(error, 'username-taken')) throw error;
      return this.accounts.create(tx, { ...account, username: null });
    }
  }

  /**
   * Hands an account whose address was never proved to whoever proves it: nothing its former holder set up survives, but
   * the username where the proof names no other.
   * Returns the ids of the sessions that ended.
   */
  async takeOver(tx: Tx, holder: UserEntity, registration: NamedRegistration): Promise<string[]> {
    const now = this.clock.now();
    const ended = await this.access.removeAll(tx, holder.id);
    await this.users.clearProfile(tx, holder.id, now);
    await this.users.markEmailVerified(tx, holder.id, now);
    await this.rename(tx, holder, registration);
    return ended;
  }

  /** The ticket presented decides the username; a former holder's is given up, unless the ticket knows of none. */
  private async rename(tx: Tx, holder: UserEntity, registration: NamedRegistration): Promise<void> {
    const { email, username, keepsUsername, isUsernameNeeded, provedRank } = registration;
    if (keepsUsername === true && holder.username !== null) {
      await this.usernames.rename(tx, holder, holder.username);
      return;
    }
    const claim = { provedAddress: canonicalIdentifier(email), provedRank };
    try {
      await this.usernames.set(tx, holder.id, username, claim);
    } catch (error) {
      if (isUsernameNeeded === true || !isRefusal(error, 'username-taken')) throw error;
      await this.usernames.set(tx, holder.id, null, claim);
    }
  }
}
