import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import type { Caller } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import type { Ticket } from '../ticket/tickets.service';
import type { UserEntity } from '../user/user.entity';
import { AccessClearance } from './access-clearance.service';
import { AccountSnapshots } from './account-snapshots.service';
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
    private readonly snapshots: AccountSnapshots,
    private readonly clearance: AccessClearance,
    private readonly restoration: AccountRestoration,
    private readonly notices: ChangeNotices,
    private readonly grants: DeviceGrants,
    private readonly audit: Audit,
  ) {}

  async undo(tx: Tx, user: UserEntity, ticket: Ticket, caller: Caller): Promise<UndoneChange> {
    const before = await this.snapshots.take(tx, user);
    const ended = await this.clearance.clear(tx, user);
    const { endedSessionIds, displaced } = await this.restoration.restore(tx, user, ticket);
    await this.notices.tellUndone(tx, { user, before, ticket, displaced }, caller);
    await this.audit.record(tx, { event: 'change-undone', userId: user.id, caller });
    return {
      endedSessionIds: [...ended, ...endedSessionIds],
      deviceToken: await this.grants.grant(tx, user.id, caller),
    };
  }
}
