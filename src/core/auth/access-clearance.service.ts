import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { KnownCallers } from '../lockout/known-callers.service';
import { Sessions } from '../session/sessions.service';
import { Tickets } from '../ticket/tickets.service';
import type { UserEntity } from '../user/user.entity';
import { provedAddressOf } from './proved-address';

/** Ends what is open on an account: sessions, tickets, known devices. Passwords, factors and undos stay. */
@Injectable()
export class AccessClearance {
  constructor(
    private readonly sessions: Sessions,
    private readonly tickets: Tickets,
    private readonly callers: KnownCallers,
  ) {}

  /** Returns the ids of the sessions that ended. */
  async clear(tx: Tx, user: UserEntity, keep: { readonly sessionId?: string; readonly devices?: boolean } = {}) {
    const ended = await this.sessions.endAll(tx, user.id, keep.sessionId);
    await this.tickets.voidByUser(tx, user.id);
    const address = provedAddressOf(user);
    if (address !== null) await this.tickets.voidBySubject(tx, address);
    if (keep.devices !== true) await this.callers.forgetAll(tx, user.id);
    return ended;
  }
}
