import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.service';
import type { Caller } from '../../../kernel/principal';
import { Passwords } from '../../credential/passwords.service';
import type { VaultKeys } from '../../credential/vault-keyring.repository';
import { Revocations } from '../../session/revocations.service';
import { UndoLinks } from '../undo-links.service';
import { Undoing } from '../undoing.service';
import { Vaults } from './vaults.service';

export interface UndoVaultChangeCommand {
  readonly ticket: string;
  /** The verifier before the change. */
  readonly formerVerifier: string;
  readonly newVerifier: string;
  /** The same data key, encrypted under the new master password. */
  readonly keys: VaultKeys;
  readonly caller: Caller;
}

/**
 * Undoes a change by the link that its notice carried and the verifier of before it: address and factor are as they were,
 * every session ends, the new verifier counts and no password, since whoever made the change may have set one by a
 * mailed reset.
 */
@Injectable()
export class UndoVaultChange {
  constructor(
    private readonly database: Database,
    private readonly links: UndoLinks,
    private readonly passwords: Passwords,
    private readonly undoing: Undoing,
    private readonly vaults: Vaults,
    private readonly revocations: Revocations,
  ) {}

  /** @throws AppError `invalid-ticket`, `invalid-credentials`, `too-many-requests`, `busy` */
  async execute({ ticket, caller, keys, ...command }: UndoVaultChangeCommand): Promise<{ deviceToken: string }> {
    const seen = await this.links.find(ticket);
    await this.links.demand(seen, { credential: 'verifier', secret: command.formerVerifier }, caller);
    const verifier = await this.passwords.hash(command.newVerifier, { class: 'vouched', network: caller.network });
    const { endedSessionIds, deviceToken } = await this.database.transaction(async (tx) => {
      const user = await this.links.spend(tx, seen, ticket);
      const undone = await this.undoing.undo(tx, user, seen, caller);
      await this.vaults.writeAsOnlyWayIn(tx, user.id, { verifier, keys });
      return undone;
    });
    this.revocations.note(endedSessionIds);
    return { deviceToken };
  }
}
