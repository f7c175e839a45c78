import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import type { Caller } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import type { Ticket } from '../ticket/tickets.service';
import type { UserEntity } from '../user/user.entity';
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
    private readonly clearance: AccessClearance,
    private readonly restoration: AccountRestoration,
    private readonly notices: ChangeNotices,
    private readonly grants: DeviceGrants,
    private readonly audit: Audit,
  ) {}

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
