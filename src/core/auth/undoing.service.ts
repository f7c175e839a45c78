import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import type { Ticket } from '../ticket/tickets.service';
import type { UserEntity } from '../user/user.entity';
import { Users } from '../user/users.repository';
import { AccessClearance } from './access-clearance.service';
import { AccountRestoration } from './account-restoration.service';
import { ChangeNotices } from './change-notices.service';
import { DeviceGrants } from './device-grants.service';

export interface UndoneChange {
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

  /**
   * The ticket's account, locked.
   *
   * @throws AppError `invalid-ticket` when it is gone
   */
  async hold(tx: Tx, ticket: Ticket): Promise<UserEntity> {
    const user = ticket.userId === null ? null : await this.users.lockById(tx, ticket.userId);
    if (!user) throw new AppError('invalid-ticket');
    return user;
  }

  /** @throws AppError `invalid-ticket` when another account has proved the former address */
  async undo(tx: Tx, user: UserEntity, ticket: Ticket, caller: Caller): Promise<UndoneChange> {
    const ended = await this.clearance.clear(tx, user);
    const freed = await this.restoration.restore(tx, user, ticket);
    await this.notices.tellUndone(tx, user, ticket, caller);
    await this.audit.record(tx, { event: 'change-undone', userId: user.id, caller });
    return {
      endedSessionIds: [...ended, ...freed],
      deviceToken: await this.grants.grant(tx, user.id, caller),
    };
  }
}
