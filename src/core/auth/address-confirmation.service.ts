import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import { Tickets } from '../ticket/tickets.service';
import { Users } from '../user/users.repository';
import { AdminRole } from './admin-role.service';
import { DeviceGrants } from './device-grants.service';

/** Marks an account's own address as proved. */
@Injectable()
export class AddressConfirmation {
  constructor(
    private readonly clock: Clock,
    private readonly users: Users,
    private readonly tickets: Tickets,
    private readonly adminRole: AdminRole,
    private readonly audit: Audit,
    private readonly devices: DeviceGrants,
  ) {}

  /**
   * Returns the device token of the browser that confirmed.
   *
   * @throws AppError `invalid-ticket` when the account is gone or its address is no longer the one that was mailed
   */
  async confirm(tx: Tx, userId: string, subject: string | null, caller: Caller): Promise<string> {
    const user = await this.users.lockById(tx, userId);
    if (!user || subject === null || user.emailCanonical !== subject) throw new AppError('invalid-ticket');
    await this.users.markEmailVerified(tx, userId, this.clock.now());
    await this.adminRole.settle(tx, userId, subject);
    await this.tickets.voidBySubject(tx, subject);
    // one that was shown because there was no mailbox
    await this.tickets.voidPurpose(tx, userId, 'temporary-password');
    await this.audit.record(tx, { event: 'email-verified', userId, caller });
    return this.devices.grantAfterLink(tx, userId, caller);
  }
}
