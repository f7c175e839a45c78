import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { Tickets, type Ticket } from '../ticket/tickets.service';
import { GuardedComparison } from './guarded-comparison.service';
import { undoFactsOf } from './undo-ticket';

/** Wrong passwords that one undo link survives. */
const TRIES = 10;

/** What an undo link counts together with: the password of before the change. */
@Injectable()
export class UndoProof {
  constructor(
    private readonly database: Database,
    private readonly tickets: Tickets,
    private readonly comparison: GuardedComparison,
  ) {}

  /** @throws AppError `invalid-credentials`, `invalid-ticket` once out of tries, `too-many-requests`, `busy` */
  async demand(ticket: Ticket, formerPassword: string, caller: Caller): Promise<void> {
    if (!(await this.tickets.reserveTryOf(this.database.pool, ticket.id, TRIES))) throw new AppError('invalid-ticket');
    await this.comparison.compare({
      userId: ticket.userId,
      identifier: ticket.userId ?? ticket.id,
      storedHash: undoFactsOf(ticket).passwordHash,
      countedBy: 'ticket',
      secret: formerPassword,
      caller,
      failure: 'undo-failed',
    });
  }
}
