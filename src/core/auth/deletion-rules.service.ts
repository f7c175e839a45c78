import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings';
import type { Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import { VaultKeyring } from '../credential/vault-keyring.repository';
import { Tickets } from '../ticket/tickets.service';

/** Whether an account may be deleted by whoever is signed in to it. Nothing brings it back. */
@Injectable()
export class DeletionRules {
  constructor(
    private readonly settings: Settings,
    private readonly keyring: VaultKeyring,
    private readonly tickets: Tickets,
  ) {}

  /** @throws AppError `self-delete-off` */
  demandAllowed(): void {
    if (!this.settings.selfDelete) throw new AppError('self-delete-off');
  }

  /**
   * A vault is not deleted while a password that a mailed link has set can still be undone: whoever
   * reads the mailbox can set one, and could not have opened the vault.
   *
   * @throws AppError `forbidden`
   */
  async demandOwn(tx: Tx, userId: string): Promise<void> {
    const keys = await this.keyring.find(tx, userId);
    const reset = await this.tickets.earliestUndo(tx, userId, 'password-set-by-link');
    if (keys && reset) throw new AppError('forbidden');
  }
}
