import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import { Outbox } from '../mail/outbox.service';
import { Sessions } from '../session/sessions.service';
import { Tickets } from '../ticket/tickets.service';
import { Users } from '../user/users.repository';
import { NamedLocks } from './named-locks.service';
import { provedAddressOf } from './proved-address';

/** Takes an account and all that is its out of the database. */
@Injectable()
export class AccountRemoval {
  constructor(
    private readonly clock: Clock,
    private readonly users: Users,
    private readonly sessions: Sessions,
    private readonly tickets: Tickets,
    private readonly outbox: Outbox,
    private readonly locks: NamedLocks,
  ) {}

  /** Returns the ids of the sessions that ended, or null when there is no such account any more. */
  async remove(tx: Tx, userId: string): Promise<string[] | null> {
    const user = await this.users.lockById(tx, userId);
    if (!user) return null;
    // revocations first: the sessions' rows go with the account, their access tokens must not live on
    const ended = await this.sessions.endAll(tx, userId);
    await this.tickets.voidByUser(tx, userId);
    const address = provedAddressOf(user);
    if (address !== null) await this.tickets.voidBySubject(tx, address);
    await this.users.delete(tx, userId);
    await this.locks.settle(tx, userId);
    if (user.email !== null) {
      await this.outbox.enqueue(tx, {
        kind: 'account-deleted',
        recipient: user.email,
        locale: user.locale,
        facts: { whenIso: this.clock.now().toISOString() },
        urgency: 'notice',
      });
    }
    return ended;
  }
}
