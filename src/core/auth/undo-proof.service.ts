import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { DeviceTokens } from '../lockout/device-tokens.service';
import { Tickets, type Ticket } from '../ticket/tickets.service';
import { snapshotOf } from './account-snapshots.service';
import { GuardedComparison } from './guarded-comparison.service';

/** Wrong passwords that one undo link survives. */
const TRIES = 10;

/** What an undo link counts together with: a browser or the password of before the change. */
@Injectable()
export class UndoProof {
  constructor(
    private readonly database: Database,
    private readonly tickets: Tickets,
    private readonly devices: DeviceTokens,
    private readonly comparison: GuardedComparison,
  ) {}

  /** @throws AppError `invalid-credentials`, `invalid-ticket` once out of tries, `too-many-requests`, `busy` */
  async demand(ticket: Ticket, formerPassword: string | null, caller: Caller): Promise<void> {
    const { deviceIds, passwordHash } = snapshotOf(ticket);
    const deviceId = this.devices.read(caller.deviceToken);
    if (deviceId !== null && deviceIds.includes(deviceId)) return;
    if (formerPassword === null) throw new AppError('invalid-credentials');
    if (!(await this.tickets.reserveTryOf(this.database.pool, ticket.id, TRIES))) throw new AppError('invalid-ticket');
    await this.comparison.compare({
      userId: ticket.userId,
      identifier: ticket.userId ?? ticket.id,
      storedHash: passwordHash,
      secret: formerPassword,
      caller,
      failure: 'undo-failed',
    });
  }
}
