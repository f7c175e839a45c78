import { Injectable } from '@nestjs/common';
import { Database, lockName, type Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import type { PasswordHash } from '../credential/passwords.service';
import { Revocations } from '../session/revocations.service';
import { Tickets, type Ticket, type TicketPurpose } from '../ticket/tickets.service';
import { NewPassword } from './new-password.service';
import { PasswordReplacement } from './password-replacement.service';

export interface ResetPasswordCommand {
  /** The ticket was got for a mailed code; else it came in a mailed link. */
  readonly isByCode?: boolean;
  readonly ticket: string;
  readonly newPassword: string;
  /** The request's own spelling of the password field, for faults. */
  readonly field: string;
  /** Every device the account knew becomes a stranger. */
  readonly forgetDevices: boolean;
  readonly caller: Caller;
}

/**
 * Spends a mailed reset ticket. It proves the mailbox, so it also makes the account where a registration only waited, and
 * takes the account over where somebody held the address unproved.
 */
@Injectable()
export class ResetPassword {
  constructor(
    private readonly database: Database,
    private readonly tickets: Tickets,
    private readonly newPassword: NewPassword,
    private readonly replacement: PasswordReplacement,
    private readonly revocations: Revocations,
  ) {}

  /**
   * Returns the device token of the browser that spent the ticket.
   *
   * @throws AppError `invalid-ticket`, `validation`, `busy`
   */
  async execute(command: ResetPasswordCommand): Promise<{ deviceToken: string }> {
    const seen = await this.tickets.peek(this.database.pool, purposeOf(command), command.ticket);
    if (!seen) throw new AppError('invalid-ticket');
    const { newPassword, field, caller } = command;
    const password = await this.newPassword.hash(newPassword, field, caller, { email: seen.subject });
    const outcome = await this.database.transaction((tx) => this.spend(tx, seen, password, command));
    this.revocations.note(outcome.endedSessionIds);
    return { deviceToken: outcome.deviceToken };
  }

  private async spend(tx: Tx, seen: Ticket, password: PasswordHash, command: ResetPasswordCommand) {
    await lockName(tx, 'address', seen.subject ?? seen.id);
    // the account before its ticket, in this order everywhere: a change holds the account and then voids its tickets
    const holder = await this.replacement.hold(tx, seen);
    if (!(await this.tickets.claim(tx, purposeOf(command), command.ticket))) throw new AppError('invalid-ticket');
    return this.replacement.byTicket(tx, { ticket: seen, holder, password }, command);
  }
}

function purposeOf({ isByCode }: ResetPasswordCommand): TicketPurpose {
  return isByCode === true ? 'reset-by-code' : 'reset-password';
}
