import { Injectable } from '@nestjs/common';
import { Database, lockName, type Tx } from '../../database/database.service';
import { AppError, isRefusal } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { Revocations } from '../session/revocations.service';
import { Tickets, type Ticket } from '../ticket/tickets.service';
import { AddressProof } from './address-proof.service';
import { DeviceGrants } from './device-grants.service';
import { fromTicket } from './pending-registration';
import { RegistrationCheck } from './registration-check.service';

export interface ActivateCommand {
  readonly ticket: string;
  /**
   * The password of the registration that the ticket belongs to, where the form asks for it: so that a mailbox's owner
   * who opens a link does not confirm a stranger's registration. Null: the ticket alone decides.
   */
  readonly password: string | null;
  readonly caller: Caller;
}

export interface Activated {
  readonly userId: string;
  /** The browser that activated is a known device of the account from now on. */
  readonly deviceToken: string;
}

/** Spends an activation ticket: the registration it was mailed for becomes an account with a proved address. */
@Injectable()
export class Activate {
  constructor(
    private readonly database: Database,
    private readonly tickets: Tickets,
    private readonly check: RegistrationCheck,
    private readonly proof: AddressProof,
    private readonly devices: DeviceGrants,
    private readonly revocations: Revocations,
  ) {}

  /** @throws AppError `invalid-ticket` (unknown, used, expired, overtaken by another proof), `invalid-credentials`, `busy` */
  async execute(command: ActivateCommand): Promise<Activated> {
    const seen = await this.tickets.peek(this.database.pool, 'activate', command.ticket);
    if (!seen) throw new AppError('invalid-ticket');
    if (command.password !== null) await this.check.demand(seen, command.password, command.caller);
    const { endedSessionIds, ...activated } = await this.database.transaction((tx) => this.spend(tx, seen, command));
    this.revocations.note(endedSessionIds);
    return activated;
  }

  private async spend(tx: Tx, seen: Ticket, { ticket, caller }: ActivateCommand) {
    const registration = fromTicket(seen);
    await lockName(tx, 'address', seen.subject ?? seen.id);
    if (!(await this.tickets.claim(tx, 'activate', ticket))) throw new AppError('invalid-ticket');
    const { password, ...rest } = registration;
    const proved = { ...rest, secret: password };
    const { userId, endedSessionIds } = await this.proof.establish(tx, proved, caller).catch((error: unknown) => {
      throw isRefusal(error, 'email-taken') ? new AppError('invalid-ticket', { cause: error }) : error;
    });
    return { userId, endedSessionIds, deviceToken: await this.devices.grantAfterLink(tx, userId, caller) };
  }
}
