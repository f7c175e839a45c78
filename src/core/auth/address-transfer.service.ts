import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { canonicalIdentifier } from '../../kernel/canonical';
import { Clock } from '../../kernel/clock';
import { AppError } from '../../kernel/errors/app-error';
import { Tickets } from '../ticket/tickets.service';
import { Users } from '../user/users.repository';
import { AccessRemoval } from './access-removal.service';
import { NamedLocks } from './named-locks.service';
import { AdminRole } from './admin-role.service';

/** Makes a proved address that of an account. Call with the address's name locked. */
@Injectable()
export class AddressTransfer {
  constructor(
    private readonly clock: Clock,
    private readonly users: Users,
    private readonly access: AccessRemoval,
    private readonly tickets: Tickets,
    private readonly adminRole: AdminRole,
    private readonly locks: NamedLocks,
  ) {}

  /**
   * An account that held the address unproved goes: its holder never had the mailbox. Returns the ids of the sessions that
   * ended with it.
   *
   * @throws AppError `invalid-ticket` when a proved account holds the address
   */
  async give(tx: Tx, userId: string, email: string): Promise<string[]> {
    const subject = canonicalIdentifier(email);
    const holder = await this.users.lockByEmail(tx, subject);
    const ended: string[] = [];
    if (holder && holder.id !== userId) {
      if (holder.emailVerifiedAt) throw new AppError('invalid-ticket');
      ended.push(...(await this.access.removeAll(tx, holder.id)));
      await this.users.delete(tx, holder.id);
    }
    await this.tickets.voidBySubject(tx, subject);
    await this.users.setEmail(tx, userId, email, this.clock.now());
    await this.adminRole.settle(tx, userId, email);
    await this.locks.settle(tx, userId);
    return ended;
  }
}
