import { Injectable } from '@nestjs/common';
import { lockName, type Tx } from '../../database/database.service';
import { canonicalIdentifier } from '../../kernel/canonical';
import { Clock } from '../../kernel/clock';
import { isRefusal } from '../../kernel/errors/app-error';
import { newId } from '../../kernel/ids';
import { Enrolments } from '../ticket/enrolments.repository';
import type { UserEntity } from '../user/user.entity';
import { Users } from '../user/users.repository';
import { NamedLocks } from './named-locks.service';
import { NewAccounts } from './new-accounts.service';
import { AccessRemoval } from './access-removal.service';

interface NamedRegistration {
  readonly email: string;
  readonly username: string | null;
  readonly isUsernameNeeded?: boolean;
}

/** Accounts of addresses that have just been proved: new ones, and those that somebody held unproved. */
@Injectable()
export class ProvedAccounts {
  constructor(
    private readonly clock: Clock,
    private readonly users: Users,
    private readonly access: AccessRemoval,
    private readonly enrolments: Enrolments,
    private readonly accounts: NewAccounts,
    private readonly locks: NamedLocks,
  ) {}

  /**
   * Makes an account. It goes without the username when that is taken, unless it is needed.
   *
   * @throws AppError `username-taken`
   */
  async create(tx: Tx, registration: NamedRegistration) {
    const { email, isUsernameNeeded } = registration;
    const username = await this.availableUsername(tx, registration);
    const now = this.clock.now();
    const account = { id: newId(), email, emailVerifiedAt: now, now };
    try {
      return await this.accounts.create(tx, { ...account, username });
    } catch (error) {
      if (isUsernameNeeded === true || !isRefusal(error, 'username-taken')) throw error;
      return this.accounts.create(tx, { ...account, username: null });
    }
  }

  /**
   * Hands an account whose address was never proved to whoever proves it: nothing its former holder set up survives.
   * Returns the ids of the sessions that ended.
   */
  async takeOver(tx: Tx, holder: UserEntity, registration: NamedRegistration): Promise<string[]> {
    const now = this.clock.now();
    const ended = await this.access.removeAll(tx, holder.id);
    await this.users.clearProfile(tx, holder.id, now);
    await this.users.markEmailVerified(tx, holder.id, now);
    await this.rename(tx, holder, registration, now);
    await this.locks.settle(tx, holder.id);
    return ended;
  }

  /** The ticket presented decides the username; a former holder's is given up. */
  private async rename(tx: Tx, holder: UserEntity, registration: NamedRegistration, now: Date): Promise<void> {
    const { isUsernameNeeded } = registration;
    const username = await this.availableUsername(tx, registration);
    try {
      await this.users.setUsername(tx, holder.id, username, now);
    } catch (error) {
      if (isUsernameNeeded === true || !isRefusal(error, 'username-taken')) throw error;
      await this.users.setUsername(tx, holder.id, null, now);
    }
  }

  /** Whoever proves first gets a username: an enrolment that has proved its mailbox keeps it until its last step. */
  private async availableUsername(tx: Tx, registration: NamedRegistration): Promise<string | null> {
    const { username, isUsernameNeeded } = registration;
    if (username === null || isUsernameNeeded === true) return username;
    await lockName(tx, 'wanted-username', canonicalIdentifier(username));
    return (await this.enrolments.isUsernameKept(tx, username, registration)) ? null : username;
  }
}
