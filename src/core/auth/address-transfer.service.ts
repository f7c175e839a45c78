import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { canonicalIdentifier } from '../../kernel/canonical';
import { Clock } from '../../kernel/clock';
import { AppError } from '../../kernel/errors/app-error';
import { randomToken } from '../../platform/crypto/random';
import { Tickets } from '../ticket/tickets.service';
import type { UserEntity } from '../user/user.entity';
import { Users } from '../user/users.repository';
import { AccessRemoval } from './access-removal.service';
import { NamedLocks } from './named-locks.service';
import { AdminRole } from './admin-role.service';

export interface TakenAddress {
  /** Of an account that held the address unproved. */
  readonly endedSessionIds: string[];
  /** The account that had proved the address, as it is without it. */
  readonly displaced: UserEntity | null;
}

const NAME_BYTES = 6;

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
    const holder = await this.otherHolder(tx, userId, email);
    if (holder?.emailVerifiedAt) throw new AppError('invalid-ticket');
    const ended = holder ? await this.remove(tx, holder) : [];
    await this.set(tx, userId, email);
    return ended;
  }

  /** As `give`; but an account that has proved the address loses it, and goes on under its username. */
  async takeBack(tx: Tx, userId: string, email: string): Promise<TakenAddress> {
    const holder = await this.otherHolder(tx, userId, email);
    const displaced = holder?.emailVerifiedAt ? await this.displace(tx, holder) : null;
    const endedSessionIds = holder && !displaced ? await this.remove(tx, holder) : [];
    await this.set(tx, userId, email);
    return { endedSessionIds, displaced };
  }

  private async otherHolder(tx: Tx, userId: string, email: string): Promise<UserEntity | null> {
    const holder = await this.users.lockByEmail(tx, canonicalIdentifier(email));
    return holder && holder.id !== userId ? holder : null;
  }

  private async remove(tx: Tx, { id }: UserEntity): Promise<string[]> {
    const ended = await this.access.removeAll(tx, id);
    await this.users.delete(tx, id);
    return ended;
  }

  private async displace(tx: Tx, { id, username }: UserEntity): Promise<UserEntity | null> {
    await this.users.withdrawEmail(tx, id, username ?? `user-${randomToken(NAME_BYTES)}`, this.clock.now());
    // its undos would give it the address again
    await this.tickets.voidPurpose(tx, id, 'undo');
    await this.adminRole.withdraw(tx, id);
    await this.locks.settle(tx, id);
    return this.users.findById(tx, id);
  }

  private async set(tx: Tx, userId: string, email: string): Promise<void> {
    const subject = canonicalIdentifier(email);
    await this.tickets.voidBySubject(tx, subject);
    await this.users.setEmail(tx, userId, email, this.clock.now());
    await this.adminRole.settle(tx, userId, email);
    await this.locks.settle(tx, userId);
  }
}
