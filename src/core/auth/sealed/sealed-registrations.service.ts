import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import type { Caller } from '../../../kernel/principal';
import { Users } from '../../user/users.repository';
import { ImmediateAccounts } from '../immediate-accounts.service';
import type { PendingRegistration } from '../pending-registration';
import { SessionOpener, type SessionLifetimes, type SignedIn } from '../session-opener.service';

/** Writes what a registration leaves behind that is signed in at once. Call with its names locked. */
@Injectable()
export class SealedRegistrations {
  constructor(
    private readonly users: Users,
    private readonly accounts: ImmediateAccounts,
    private readonly opener: SessionOpener,
  ) {}

  /** Makes the account and its first session; a link to verify the address is mailed. */
  async signIn(
    tx: Tx,
    registration: PendingRegistration,
    { lifetimes, caller }: { readonly lifetimes: SessionLifetimes; readonly caller: Caller },
  ): Promise<SignedIn> {
    const userId = await this.accounts.open(tx, registration, { isLinkMailed: true, caller });
    const user = userId === null ? null : await this.users.lockById(tx, userId);
    if (!user) throw new Error('an address that was free under its lock is not any more');
    return this.opener.open(tx, { user, amr: ['pwd'], lifetimes, caller });
  }

  /** Lets it wait for its mailbox to be proved. */
  async keep(tx: Tx, registration: PendingRegistration, caller: Caller): Promise<void> {
    await this.accounts.postpone(tx, registration, caller);
  }
}
