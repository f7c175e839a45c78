import { Injectable } from '@nestjs/common';
import { Database, lockName, type Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { Revocations } from '../session/revocations.service';
import { Tickets, type Ticket } from '../ticket/tickets.service';
import { AccountChanges } from './account-changes.service';
import { AddressTransfer } from './address-transfer.service';
import { EmailChangeProof } from './email-change-proof.service';

export interface ChangeEmailCommand {
  readonly ticket: string;
  /** The account's password, where the form asks for it. Null: the ticket alone decides, as the contract says. */
  readonly password: string | null;
  readonly caller: Caller;
}

/** Spends the ticket that the new address was mailed: it is the account's address from now on, and the old one is told. */
@Injectable()
export class ChangeEmail {
  constructor(
    private readonly database: Database,
    private readonly tickets: Tickets,
    private readonly proof: EmailChangeProof,
    private readonly transfer: AddressTransfer,
    private readonly changes: AccountChanges,
    private readonly revocations: Revocations,
  ) {}

  /**
   * @throws AppError `invalid-ticket` (unknown, used, expired, its session has ended, or somebody else proved the address
   *   meanwhile), `invalid-credentials`
   */
  async execute(command: ChangeEmailCommand): Promise<void> {
    const seen = await this.tickets.peek(this.database.pool, 'change-email', command.ticket);
    if (!seen) throw new AppError('invalid-ticket');
    const { password, caller } = command;
    if (password !== null) await this.proof.demandPassword(seen, password, caller);
    const ended = await this.database.transaction((tx) => this.spend(tx, seen, command));
    this.revocations.note(ended);
  }

  private async spend(tx: Tx, seen: Ticket, { ticket, caller }: ChangeEmailCommand): Promise<string[]> {
    await lockName(tx, 'address', seen.subject ?? seen.id);
    const { email, sessionId } = seen.payload;
    if (seen.userId === null || typeof email !== 'string' || typeof sessionId !== 'string') {
      throw new AppError('invalid-ticket');
    }
    // the account before its ticket, in this order everywhere: a change holds the account and then voids its tickets
    const user = await this.proof.lock(tx, seen.userId, sessionId);
    if (!(await this.tickets.claim(tx, 'change-email', ticket))) throw new AppError('invalid-ticket');
    const before = await this.changes.before(tx, user);
    const freed = await this.transfer.give(tx, user.id, email);
    const keepSessionId = sessionId;
    const ended = await this.changes.after(tx, { user, before, change: 'address-changed', keepSessionId, caller });
    return [...freed, ...ended];
  }
}
