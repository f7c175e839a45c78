import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import type { Caller } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import { Devices } from '../lockout/devices.repository';
import { Sessions } from '../session/sessions.service';
import { Tickets } from '../ticket/tickets.service';
import type { UserEntity } from '../user/user.entity';
import { AccountSnapshots, type AccountSnapshot } from './account-snapshots.service';
import { ChangeNotices, type AccountChange } from './change-notices.service';
import { provedAddressOf } from './proved-address';

export interface MadeChange {
  /** The account as it was read, locked, before the change. */
  readonly user: UserEntity;
  readonly before: AccountSnapshot;
  readonly change: AccountChange;
  /** The session that made the change goes on; null ends all. */
  readonly keepSessionId: string | null;
  readonly forgetDevices?: boolean;
  readonly caller: Caller;
}

/** What goes with every change of a password, address or factor, whoever makes it. */
@Injectable()
export class AccountChanges {
  constructor(
    private readonly snapshots: AccountSnapshots,
    private readonly sessions: Sessions,
    private readonly tickets: Tickets,
    private readonly devices: Devices,
    private readonly notices: ChangeNotices,
    private readonly audit: Audit,
  ) {}

  /** To be taken before the change, in its transaction. */
  before(tx: Tx, user: UserEntity): Promise<AccountSnapshot> {
    return this.snapshots.take(tx, user);
  }

  /**
   * Voids every open ticket, ends the other sessions, tells the owner how to undo it. Returns the ended sessions' ids,
   * for `Revocations.note` after the commit.
   */
  async after(tx: Tx, { user, before, change, caller, ...rest }: MadeChange): Promise<string[]> {
    const ended = await this.sessions.endAll(tx, user.id, rest.keepSessionId ?? undefined);
    await this.tickets.voidByUser(tx, user.id);
    const address = provedAddressOf(user);
    if (address !== null) await this.tickets.voidBySubject(tx, address);
    if (rest.forgetDevices === true) await this.devices.unbindAll(tx, user.id);
    await this.audit.record(tx, { event: change, userId: user.id, caller, facts: { sessionsEnded: ended.length } });
    await this.notices.tell(tx, user, change, before, caller);
    return ended;
  }
}
