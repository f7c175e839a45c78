import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import type { Ticket } from '../ticket/tickets.service';
import { Users } from '../user/users.repository';
import { AccessClearance } from './access-clearance.service';
import { AccountRestoration } from './account-restoration.service';
import { ChangeNotices } from './change-notices.service';
import { DeviceGrants } from './device-grants.service';

export interface UndoneChange {
  readonly userId: string;
  readonly endedSessionIds: string[];
  readonly deviceToken: string;
}

/** An undo, in the transaction that has spent its ticket. */
@Injectable()
export class Undoing {
  constructor(
    private readonly users: Users,
    private readonly clearance: AccessClearance,
    private readonly restoration: AccountRestoration,
    private readonly notices: ChangeNotices,
    private readonly grants: DeviceGrants,
    private readonly audit: Audit,
  ) {}

  /** @throws AppError `invalid-ticket` when the account is gone, or another account has proved the former address */
  async undo(tx: Tx, ticket: Ticket, caller: Caller): Promise<UndoneChange> {
    const user = ticket.userId === null ? null : await this.users.lockById(tx, ticket.userId);
    if (!user) throw new AppError('invalid-ticket');
    const ended = await this.clearance.clear(tx, user);
    const freed = await this.restoration.restore(tx, user, ticket);
    await this.notices.tellUndone(tx, user, ticket, caller);
    await this.audit.record(tx, { event: 'change-undone', userId: user.id, caller });
    return {
      userId: user.id,
      endedSessionIds: [...ended, ...freed],
      deviceToken: await this.grants.grant(tx, user.id, caller),
    };
  }
}
