import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import type { Caller } from '../../kernel/principal';
import { Revocations } from '../session/revocations.service';
import { NewPassword } from './new-password.service';
import { UndoLinks } from './undo-links.service';
import { Undoing } from './undoing.service';

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
 * Undoes a change of password, address or factor by the link that its notice carried and the password of before it:
 * address and factor are as they were, every session ends, a new password counts.
 */
@Injectable()
export class UndoChange {
  constructor(
    private readonly database: Database,
    private readonly links: UndoLinks,
    private readonly newPassword: NewPassword,
    private readonly undoing: Undoing,
    private readonly revocations: Revocations,
  ) {}

  /** @throws AppError `invalid-ticket`, `invalid-credentials`, `validation`, `too-many-requests`, `busy` */
  async execute({ ticket, caller, ...command }: UndoChangeCommand): Promise<{ deviceToken: string }> {
    const seen = await this.links.find(ticket);
    // before the proof: a faulty wish must take no try
    this.newPassword.check(command.newPassword, command.field);
    await this.links.demand(seen, { credential: 'password', secret: command.formerPassword }, caller);
    const password = await this.newPassword.hash(command.newPassword, command.field, caller);
    const { endedSessionIds, deviceToken } = await this.database.transaction(async (tx) => {
      const user = await this.links.spend(tx, seen, ticket);
      const undone = await this.undoing.undo(tx, user, seen, caller);
      await this.newPassword.write(tx, user.id, password);
      return undone;
    });
    this.revocations.note(endedSessionIds);
    return { deviceToken };
  }
}
