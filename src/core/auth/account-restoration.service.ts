import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { FormerFactor } from '../mfa/former-factor.service';
import { RecoveryCodes } from '../mfa/recovery-codes.service';
import { Tickets, type Ticket } from '../ticket/tickets.service';
import type { UserEntity } from '../user/user.entity';
import type { AccountChange } from './account-change';
import { AddressTransfer, type TakenAddress } from './address-transfer.service';
import { isMoved, undoFactsOf, type UndoFacts } from './undo-ticket';
import { Vaults } from './vault/vaults.service';

/** Made by who knew the former secret: whoever was told of it still knows that secret, and may not be the owner. */
const KNEW_THE_SECRET: readonly AccountChange[] = ['password-changed', 'master-password-changed'];

/** Puts address, second factor and vault back to what they were before a change. */
@Injectable()
export class AccountRestoration {
  constructor(
    private readonly transfer: AddressTransfer,
    private readonly factor: FormerFactor,
    private readonly recoveryCodes: RecoveryCodes,
    private readonly tickets: Tickets,
    private readonly vaults: Vaults,
  ) {}

  /**
   * Most undos take back what was changed later, too: after a move that was told to the other address, after a mailed
   * reset its notices ask for the password that the reset set, and neither has an undo the owner could use. But a later
   * factor stays when a password was changed by who knew it: people do that because it leaked, and who has the leaked one
   * must not take the factor off.
   *
   * An account that has proved the former address since loses it: whoever reads that mailbox, the thief or the owner
   * himself, could make one there, and no undo would be possible any more.
   */
  async restore(tx: Tx, user: UserEntity, ticket: Ticket): Promise<TakenAddress> {
    const former = undoFactsOf(ticket);
    const wasMoved = isMoved(user, former);
    // somebody else may have made them, whatever else he changed
    await this.recoveryCodes.removeAll(tx, user.id);
    const takesLaterBack = wasMoved || !KNEW_THE_SECRET.includes(former.change);
    if (takesLaterBack) {
      const since = former.factorSince === null ? null : new Date(former.factorSince);
      await this.factor.restore(tx, user.id, since);
      // what came after is gone with it, and its undo would bring part of it back
      await this.tickets.voidUndosSince(tx, user.id, ticket.createdAt, 'change-undone');
    }
    if (takesLaterBack || former.change === 'master-password-changed') await this.restoreVault(tx, user, former);
    if (!wasMoved || former.email === null) return { endedSessionIds: [], displaced: null };
    return this.transfer.takeBack(tx, user.id, former.email);
  }

  private async restoreVault(tx: Tx, user: UserEntity, { vault }: UndoFacts): Promise<void> {
    if (vault) await this.vaults.write(tx, user.id, vault);
  }
}
