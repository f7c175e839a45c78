import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import type { Factor } from '../lockout/bucket';
import { LockLifting } from '../lockout/lock-lifting.service';
import { Tickets, type Ticket } from '../ticket/tickets.service';
import type { UserEntity } from '../user/user.entity';
import { Users } from '../user/users.repository';
import { namesOf } from './account-names';
import { DeviceGrants } from './device-grants.service';

export interface UnlockCommand {
  readonly token: string;
  readonly caller: Caller;
}

export interface Unlocked {
  /** The account's address; null where an admin has unlocked one without. */
  readonly email: string | null;
  readonly username: string | null;
  /** By the owner's link: this browser is a known device now. Null by an admin's, which opens the account for all. */
  readonly deviceToken: string | null;
}

/** What an admin's link lifts, by what he was told to be locked: always the first factor, another one only with it. */
const LIFTED: readonly (readonly Factor[])[] = [['secret'], ['secret', 'second-factor'], ['secret', 'recovery']];

/**
 * Spends a mailed unlock link. The owner's lets in the browser and the network that it is opened from, and reopens
 * nothing to whoever was guessing; an admin's lifts the locks themselves.
 */
@Injectable()
export class Unlock {
  constructor(
    private readonly database: Database,
    private readonly tickets: Tickets,
    private readonly users: Users,
    private readonly devices: DeviceGrants,
    private readonly lifting: LockLifting,
    private readonly audit: Audit,
  ) {}

  /** @throws AppError `invalid-ticket` */
  async execute({ token, caller }: UnlockCommand): Promise<Unlocked> {
    const { pool } = this.database;
    const seen =
      (await this.tickets.peek(pool, 'unlock', token)) ?? (await this.tickets.peek(pool, 'unlock-by-admin', token));
    if (!seen) throw new AppError('invalid-ticket');
    return this.database.transaction(async (tx) => {
      // the account before its ticket, in this order everywhere
      const user = seen.userId === null ? null : await this.users.lockById(tx, seen.userId);
      if (!user || !(await this.tickets.claim(tx, seen.purpose, token))) throw new AppError('invalid-ticket');
      const deviceToken = await this.spend(tx, user, seen, caller);
      return { email: user.email, username: user.username, deviceToken };
    });
  }

  private async spend(tx: Tx, user: UserEntity, { purpose, payload }: Ticket, caller: Caller): Promise<string | null> {
    // an owner's other links stay good: whoever provokes locks must not be able to use his ways back up
    if (purpose === 'unlock') {
      await this.audit.record(tx, { event: 'unlock-link-used', userId: user.id, caller });
      return this.devices.grantAfterLink(tx, user.id, caller);
    }
    await this.tickets.voidPurpose(tx, user.id, purpose);
    const factors = LIFTED.find((each) => each.includes(payload['factor'] as Factor)) ?? ['secret'];
    const count = await this.lifting.liftAccount(tx, namesOf(user), factors);
    await this.audit.record(tx, { event: 'lock-lifted', userId: user.id, caller, facts: { by: 'mailed-link', count } });
    return null;
  }
}
