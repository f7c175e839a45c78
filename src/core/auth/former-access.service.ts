import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import type { Caller } from '../../kernel/principal';
import { Devices } from '../lockout/devices.repository';
import { RecoveryCodes } from '../mfa/recovery-codes.service';
import { Totp } from '../mfa/totp.service';
import { Sessions } from '../session/sessions.service';
import { Tickets, type Ticket } from '../ticket/tickets.service';
import type { UserEntity } from '../user/user.entity';
import { snapshotOf } from './account-snapshots.service';
import { DeviceGrants } from './device-grants.service';
import { provedAddressOf } from './proved-address';

/** Who may get into an account, put back to what it was before a change. */
@Injectable()
export class FormerAccess {
  constructor(
    private readonly sessions: Sessions,
    private readonly totp: Totp,
    private readonly recoveryCodes: RecoveryCodes,
    private readonly devices: Devices,
    private readonly grants: DeviceGrants,
    private readonly tickets: Tickets,
  ) {}

  /**
   * Every session ends; the former factor counts again; recovery codes are void, as somebody else may have made them; only
   * the devices of then are known; tickets are void, and so are the undos of this change and of all that came after it.
   */
  async restore(tx: Tx, user: UserEntity, ticket: Ticket, caller: Caller) {
    const former = snapshotOf(ticket);
    const endedSessionIds = await this.sessions.endAll(tx, user.id);
    await this.totp.restore(tx, user.id, former.totp);
    await this.recoveryCodes.removeAll(tx, user.id);
    await this.devices.keepOnly(tx, user.id, former.deviceIds);
    await this.tickets.voidByUser(tx, user.id);
    await this.tickets.voidUndosSince(tx, user.id, ticket.createdAt);
    const address = provedAddressOf(user);
    if (address !== null) await this.tickets.voidBySubject(tx, address);
    return { endedSessionIds, deviceToken: await this.grants.grant(tx, user.id, caller) };
  }
}
