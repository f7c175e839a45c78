import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import type { PasswordHash } from '../credential/passwords.service';
import type { Ticket } from '../ticket/tickets.service';
import { Users } from '../user/users.repository';
import { AddressTransfer } from './address-transfer.service';
import { snapshotOf } from './account-snapshots.service';
import { FormerAccess } from './former-access.service';
import { NewPassword } from './new-password.service';

export interface RestoredAccount {
  readonly endedSessionIds: string[];
  readonly deviceToken: string;
}

/** Puts an account back to what it was before a change, but for its password, which is new. */
@Injectable()
export class AccountRestoration {
  constructor(
    private readonly users: Users,
    private readonly transfer: AddressTransfer,
    private readonly access: FormerAccess,
    private readonly newPassword: NewPassword,
    private readonly audit: Audit,
  ) {}

  /** @throws AppError `invalid-ticket` when the account is gone, or another account has proved the former address */
  async restore(tx: Tx, ticket: Ticket, password: PasswordHash, caller: Caller): Promise<RestoredAccount> {
    const former = snapshotOf(ticket);
    const user = ticket.userId === null ? null : await this.users.lockById(tx, ticket.userId);
    if (!user) throw new AppError('invalid-ticket');
    const freed = former.email === null ? [] : await this.transfer.give(tx, user.id, former.email);
    const { endedSessionIds, deviceToken } = await this.access.restore(tx, user, ticket, caller);
    await this.newPassword.write(tx, user.id, password);
    await this.audit.record(tx, { event: 'change-undone', userId: user.id, caller });
    return { endedSessionIds: [...freed, ...endedSessionIds], deviceToken };
  }
}
