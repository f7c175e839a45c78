import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import type { PasswordHash } from '../credential/passwords.service';
import type { Ticket } from '../ticket/tickets.service';
import type { UserEntity } from '../user/user.entity';
import { Users } from '../user/users.repository';
import { AccountChanges } from './account-changes.service';
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

export interface ReplacedPassword {
  readonly deviceToken: string;
  readonly endedSessionIds: string[];
}

/** Writes a new password that a mailed ticket allows, and everything that follows from it. */
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

  /** @throws AppError `invalid-ticket` when the ticket says too little to make an account of it */
  async byTicket(
    tx: Tx,
    { ticket, holder, password }: SpentTicket,
    { forgetDevices, caller }: TicketReplacement,
  ): Promise<ReplacedPassword> {
    if (!holder?.emailVerifiedAt) return this.establish(tx, ticket, password, caller);
    const before = await this.changes.before(tx, holder);
    await this.newPassword.write(tx, holder.id, password);
    // six digits are enough for one account, too little for authority over all of them
    if (ticket.purpose === 'reset-password') await this.adminRole.settle(tx, holder.id, ticket.subject ?? '');
    const endedSessionIds = await this.changes.after(tx, {
      user: holder,
      before,
      change: 'password-set-by-link',
      keepSessionId: null,
      forgetDevices,
      caller,
    });
    return { deviceToken: await this.devices.grantAfterLink(tx, holder.id, caller), endedSessionIds };
  }

  private async establish(tx: Tx, ticket: Ticket, password: PasswordHash, caller: Caller): Promise<ReplacedPassword> {
    const email = ticket.payload.email;
    if (typeof email !== 'string') throw new AppError('invalid-ticket');
    const { userId, endedSessionIds } = await this.proof.establish(
      tx,
      { email, username: null, secret: password, isProvedByCode: ticket.purpose === 'reset-by-code' },
      caller,
    );
    return { deviceToken: await this.devices.grantAfterLink(tx, userId, caller), endedSessionIds };
  }
}
