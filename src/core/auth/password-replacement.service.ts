import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import type { PasswordHash } from '../credential/passwords.service';
import type { Ticket } from '../ticket/tickets.service';
import type { UserEntity } from '../user/user.entity';
import { Users } from '../user/users.repository';
import { AccountChanges, type MadeChange } from './account-changes.service';
import { AddressProof } from './address-proof.service';
import { AdminRole } from './admin-role.service';
import { DeviceGrants } from './device-grants.service';
import { NewPassword } from './new-password.service';

export interface TicketReplacement {
  readonly forgetDevices: boolean;
  readonly caller: Caller;
}

export interface SpentTicket {
  readonly ticket: Ticket;
  /** As `hold` returned it. */
  readonly holder: UserEntity | null;
  readonly password: PasswordHash;
}

export interface Replacement extends Omit<MadeChange, 'before' | 'change'> {
  readonly password: PasswordHash;
}

export interface ReplacedPassword {
  readonly deviceToken: string;
  readonly endedSessionIds: string[];
}

/** Writes a new password, and everything that follows from it. */
@Injectable()
export class PasswordReplacement {
  constructor(
    private readonly users: Users,
    private readonly newPassword: NewPassword,
    private readonly proof: AddressProof,
    private readonly changes: AccountChanges,
    private readonly devices: DeviceGrants,
    private readonly adminRole: AdminRole,
  ) {}

  /**
   * The account as the ticket's address names it now, locked; null where there is none yet.
   *
   * @throws AppError `invalid-ticket` when the ticket was mailed for another account's address
   */
  async hold(tx: Tx, ticket: Ticket): Promise<UserEntity | null> {
    const holder = ticket.subject === null ? null : await this.users.lockByEmail(tx, ticket.subject);
    if (ticket.userId !== null && holder?.id !== ticket.userId) throw new AppError('invalid-ticket');
    return holder;
  }

  /** Returns the ids of the sessions that ended. */
  async replace(
    tx: Tx,
    { user, password, ...rest }: Replacement,
    change: MadeChange['change'] = 'password-changed',
  ): Promise<string[]> {
    const before = await this.changes.before(tx, user);
    await this.newPassword.write(tx, user.id, password);
    return this.changes.after(tx, { user, before, change, ...rest });
  }

  /** @throws AppError `invalid-ticket` when the ticket says too little to make an account of it */
  async byTicket(
    tx: Tx,
    { ticket, holder, password }: SpentTicket,
    { forgetDevices, caller }: TicketReplacement,
  ): Promise<ReplacedPassword> {
    if (!holder?.emailVerifiedAt) return this.establish(tx, ticket, password, caller);
    // six digits are enough for one account, too little for authority over all of them
    if (ticket.purpose === 'reset-password') await this.adminRole.settle(tx, holder.id, ticket.subject ?? '');
    else await this.adminRole.suspend(tx, holder.id, caller);
    const change = { user: holder, password, keepSessionId: null, forgetDevices, caller };
    const endedSessionIds = await this.replace(tx, change, 'password-set-by-link');
    return { deviceToken: await this.devices.grantAfterLink(tx, holder.id, caller), endedSessionIds };
  }

  private async establish(tx: Tx, ticket: Ticket, password: PasswordHash, caller: Caller): Promise<ReplacedPassword> {
    const { email, username } = ticket.payload;
    if (typeof email !== 'string') throw new AppError('invalid-ticket');
    const { userId, endedSessionIds } = await this.proof.establish(
      tx,
      {
        email,
        username: typeof username === 'string' ? username : null,
        // whoever signed up himself and forgot the password has, in some contracts, no other name to sign in by
        keepsUsername: typeof username !== 'string',
        secret: password,
        isProvedByCode: ticket.purpose === 'reset-by-code',
      },
      caller,
    );
    return { deviceToken: await this.devices.grantAfterLink(tx, userId, caller), endedSessionIds };
  }
}
