import { Injectable } from '@nestjs/common';
import { Database, lockName, type Tx } from '../../database/database.service';
import { canonicalIdentifier } from '../../kernel/canonical';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import type { PasswordHash } from '../credential/passwords.service';
import { Revocations } from '../session/revocations.service';
import { Tickets, type Ticket } from '../ticket/tickets.service';
import { NewPassword } from './new-password.service';
import { UndoProof } from './undo-proof.service';
import { Undoing } from './undoing.service';
import { undoFactsOf } from './undo-ticket';

export interface UndoChangeCommand {
  readonly ticket: string;
  /** The password before the change. */
  readonly formerPassword: string;
  readonly newPassword: string;
  /** The request's own spelling of the new password's field, for faults. */
  readonly field: string;
  readonly caller: Caller;
}

/**
 * Undoes a change of password, address or factor by the link that its notice carried: address and factor are as they
 * were, every session ends, a new password counts.
 *
 * The link alone is not enough. It lies in the mailbox of the address before the change, and people change an address
 * because somebody else reads that mailbox; and the notice of a new second factor would let a thief of the mailbox take
 * the factor off again. So it counts together with the password of before the change. A device that was known then is no
 * such proof: a mailed reset makes one.
 */
@Injectable()
export class UndoChange {
  constructor(
    private readonly database: Database,
    private readonly tickets: Tickets,
    private readonly proof: UndoProof,
    private readonly newPassword: NewPassword,
    private readonly undoing: Undoing,
    private readonly revocations: Revocations,
  ) {}

  /** @throws AppError `invalid-ticket`, `invalid-credentials`, `validation`, `too-many-requests`, `busy` */
  async execute(command: UndoChangeCommand): Promise<{ deviceToken: string }> {
    const seen = await this.tickets.peek(this.database.pool, 'undo', command.ticket);
    if (!seen) throw new AppError('invalid-ticket');
    await this.proof.demand(seen, command.formerPassword, command.caller);
    const password = await this.newPassword.hash(command.newPassword, command.field, command.caller);
    const { endedSessionIds, deviceToken } = await this.database.transaction((tx) =>
      this.spend(tx, seen, password, command),
    );
    this.revocations.note(endedSessionIds);
    return { deviceToken };
  }

  private async spend(tx: Tx, seen: Ticket, password: PasswordHash, { ticket, caller }: UndoChangeCommand) {
    const { email } = undoFactsOf(seen);
    if (email !== null) await lockName(tx, 'address', canonicalIdentifier(email));
    // the account before its ticket, in this order everywhere: a change holds the account and then voids its tickets
    const user = await this.undoing.hold(tx, seen);
    if (!(await this.tickets.claim(tx, 'undo', ticket))) throw new AppError('invalid-ticket');
    const undone = await this.undoing.undo(tx, user, seen, caller);
    await this.newPassword.write(tx, user.id, password);
    return undone;
  }
}
