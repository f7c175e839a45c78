import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { Passwords } from '../credential/passwords.service';
import { Tickets, type Ticket } from '../ticket/tickets.service';
import { fromTicket } from './pending-registration';

/** Wrong passwords that one activation ticket survives. */
const PASSWORD_TRIES = 10;

/** Compares the password of a registration that still waits in its ticket. */
@Injectable()
export class RegistrationCheck {
  constructor(
    private readonly database: Database,
    private readonly tickets: Tickets,
    private readonly passwords: Passwords,
  ) {}

  /** @throws AppError `invalid-credentials`, `invalid-ticket` once its 10 tries are used, `busy` */
  async demand(ticket: Ticket, password: string, caller: Caller): Promise<void> {
    // the try is taken before the password is looked at: parallel guesses get no more than their number
    const isAllowed = await this.tickets.reserveTryOf(this.database.pool, ticket.id, PASSWORD_TRIES);
    if (!isAllowed) throw new AppError('invalid-ticket');
    const stored = fromTicket(ticket).password.hash;
    const grade = { class: 'vouched', network: caller.network } as const;
    const { isRight } = await this.passwords.verify(stored, password, ticket.id, grade);
    if (!isRight) throw new AppError('invalid-credentials');
  }
}
