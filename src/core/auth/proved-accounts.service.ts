import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import { AppError } from '../../kernel/errors/app-error';
import { newId } from '../../kernel/ids';
import type { UserEntity } from '../user/user.entity';
import { Users } from '../user/users.repository';
import { NamedLocks } from './named-locks.service';
import { NewAccounts } from './new-accounts.service';
import { AccessRemoval } from './access-removal.service';

/** Accounts of addresses that have just been proved: new ones, and those that somebody held unproved. */
@Injectable()
export class ProvedAccounts {
  constructor(
    private readonly clock: Clock,
    private readonly users: Users,
    private readonly access: AccessRemoval,
    private readonly accounts: NewAccounts,
    private readonly locks: NamedLocks,
  ) {}

  /** Makes an account. It goes without the username when that is taken. */
  async create(tx: Tx, { email, username }: { readonly email: string; readonly username: string | null }) {
    const now = this.clock.now();
    const account = { id: newId(), email, emailVerifiedAt: now, now };
    try {
      return await this.accounts.create(tx, { ...account, username });
    } catch (error) {
      if (!isUsernameTaken(error)) throw error;
      return this.accounts.create(tx, { ...account, username: null });
    }
  }

  /**
   * Hands an account whose address was never proved to whoever proves it: nothing its former holder set up survives.
   * Returns the ids of the sessions that ended.
   */
  async takeOver(tx: Tx, holder: UserEntity, username: string | null): Promise<string[]> {
    const now = this.clock.now();
    const ended = await this.access.removeAll(tx, holder.id);
    await this.users.clearProfile(tx, holder.id, now);
    await this.users.markEmailVerified(tx, holder.id, now);
    await this.rename(tx, holder, username, now);
    await this.locks.settle(tx, holder.id);
    return ended;
  }

  /** The ticket presented decides the username; a former holder's is given up. */
  private async rename(tx: Tx, holder: UserEntity, username: string | null, now: Date): Promise<void> {
    try {
      await this.users.setUsername(tx, holder.id, username, now);
    } catch (error) {
      if (!isUsernameTaken(error)) throw error;
      await this.users.setUsername(tx, holder.id, null, now);
    }
  }
}

function isUsernameTaken(error: unknown): boolean {
  return error instanceof AppError && error.code === 'username-taken';
}
