import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { FormerFactor } from '../mfa/former-factor.service';
import { RecoveryCodes } from '../mfa/recovery-codes.service';
import { Tickets, type Ticket } from '../ticket/tickets.service';
import type { UserEntity } from '../user/user.entity';
import { AddressTransfer } from './address-transfer.service';
import { isMoved, undoFactsOf } from './undo-ticket';

/** Puts address and second factor back to what they were before a change. */
@Injectable()
export class AccountRestoration {
  constructor(
    private readonly transfer: AddressTransfer,
    private readonly factor: FormerFactor,
    private readonly recoveryCodes: RecoveryCodes,
    private readonly tickets: Tickets,
  ) {}

  /**
   * The factor goes back with every change of it, and where the address was moved since: then what was changed later was
   * told to the other address, and has no undo the owner could use. Where it was not, a later factor stays: undoing an old
   * change of password must not take off a factor that was added since.
   *
   * Returns the ids of sessions that ended with an account which held the former address unproved.
   *
   * @throws AppError `invalid-ticket` when another account has proved the former address
   */
  async restore(tx: Tx, user: UserEntity, ticket: Ticket): Promise<string[]> {
    const former = undoFactsOf(ticket);
    const wasMoved = isMoved(user, former);
    // somebody else may have made them, whatever else he changed
    await this.recoveryCodes.removeAll(tx, user.id);
    if (wasMoved || former.change !== 'password-changed') {
      const since = former.factorSince === null ? null : new Date(former.factorSince);
      await this.factor.restore(tx, user.id, since);
      // what came after is gone with it, and its undo would bring part of it back
      await this.tickets.voidUndosSince(tx, user.id, ticket.createdAt);
    }
    if (!wasMoved || former.email === null) return [];
    return this.transfer.give(tx, user.id, former.email);
  }
}
