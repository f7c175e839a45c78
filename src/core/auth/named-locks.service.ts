import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { LockLifting } from '../lockout/lock-lifting.service';
import { Users } from '../user/users.repository';
import { namesOf } from './account-names';

/**
 * Which account the strangers' buckets belong to. A name can be locked before it is anybody's: whoever gets it must be told
 * of that lock, and an admin must be able to find it.
 */
@Injectable()
export class NamedLocks {
  constructor(
    private readonly users: Users,
    private readonly lifting: LockLifting,
  ) {}

  /** To be called in the transaction in which an account gets, changes or loses a name, after that. */
  async settle(tx: Tx, userId: string): Promise<void> {
    const user = await this.users.findById(tx, userId);
    await this.lifting.assign(tx, user ? namesOf(user) : { userId, identifiers: [] });
  }
}
