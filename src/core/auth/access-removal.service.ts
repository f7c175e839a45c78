import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { Credentials } from '../credential/credential.repository';
import { VaultKeyring } from '../credential/vault-keyring.repository';
import { KnownCallers } from '../lockout/known-callers.service';
import { SecondFactor } from '../mfa/second-factor.service';
import { Sessions } from '../session/sessions.service';
import { Tickets } from '../ticket/tickets.service';

/** Takes away everything that opens an account: nothing its former holder has is good for anything. */
@Injectable()
export class AccessRemoval {
  constructor(
    private readonly sessions: Sessions,
    private readonly credentials: Credentials,
    private readonly secondFactor: SecondFactor,
    private readonly callers: KnownCallers,
    private readonly tickets: Tickets,
    private readonly vaultKeys: VaultKeyring,
  ) {}

  /** Returns the ids of the sessions that ended. */
  async removeAll(tx: Tx, userId: string): Promise<string[]> {
    const ended = await this.sessions.endAll(tx, userId);
    await this.credentials.removeAll(tx, userId);
    await this.vaultKeys.remove(tx, userId);
    await this.secondFactor.remove(tx, userId);
    await this.callers.forgetAll(tx, userId);
    await this.callers.forgetGuessesAtFactor(tx, userId);
    await this.tickets.voidByUser(tx, userId);
    await this.tickets.voidPurpose(tx, userId, 'undo');
    return ended;
  }
}
