import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { RecoveryCodes } from '../mfa/recovery-codes.service';
import { SecondFactor } from '../mfa/second-factor.service';
import { Totp } from '../mfa/totp.service';
import { Tickets, type Ticket } from '../ticket/tickets.service';
import type { UserEntity } from '../user/user.entity';
import { AddressTransfer } from './address-transfer.service';
import { undoFactsOf } from './undo-ticket';

/** Puts back what one change changed, and nothing else: what was changed after it has an undo of its own. */
@Injectable()
export class AccountRestoration {
  constructor(
    private readonly transfer: AddressTransfer,
    private readonly secondFactor: SecondFactor,
    private readonly totp: Totp,
    private readonly recoveryCodes: RecoveryCodes,
    private readonly tickets: Tickets,
  ) {}

  /**
   * Returns the ids of sessions that ended with an account which held the former address unproved.
   *
   * @throws AppError `invalid-ticket` when another account has proved the former address
   */
  async restore(tx: Tx, user: UserEntity, ticket: Ticket): Promise<string[]> {
    const { change, email, formerTotpId } = undoFactsOf(ticket);
    // somebody else may have made them, whatever else he changed
    await this.recoveryCodes.removeAll(tx, user.id);
    if (change === 'factor-enabled') await this.secondFactor.remove(tx, user.id);
    if (change === 'factor-disabled' && formerTotpId !== null) await this.totp.reinstate(tx, user.id, formerTotpId);
    if (change !== 'address-changed' || email === null) return [];
    // the notices of all that came after went to the address that is given up now
    await this.tickets.voidUndosSince(tx, user.id, ticket.createdAt);
    return this.transfer.give(tx, user.id, email);
  }
}
