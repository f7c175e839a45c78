import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import { newId } from '../../kernel/ids';
import { Credentials } from '../credential/credential.repository';
import { NewAccounts } from './new-accounts.service';
import type { PendingRegistration } from './pending-registration';

/** Accounts that are made at once, their address unproved. */
@Injectable()
export class UnprovedAccounts {
  constructor(
    private readonly clock: Clock,
    private readonly accounts: NewAccounts,
    private readonly credentials: Credentials,
  ) {}

  /**
   * Call with the address's name locked: not between the steps of somebody who proves this address just now, who would
   * find it taken at the last one. Returns the account's id.
   *
   * @throws AppError `email-taken`, `username-taken`
   */
  async create(tx: Tx, { email, username, password, profile }: PendingRegistration): Promise<string> {
    const now = this.clock.now();
    const user = await this.accounts.create(tx, { id: newId(), email, username, emailVerifiedAt: null, now }, profile);
    await this.credentials.set(tx, user.id, 'password', password, now);
    return user.id;
  }
}
