import { Injectable } from '@nestjs/common';
import { AppError } from '../../../kernel/errors/app-error';
import type { Caller } from '../../../kernel/principal';
import type { VaultKeys } from '../../credential/vault-keyring.repository';
import { UndoLinks } from '../undo-links.service';
import { undoFactsOf } from '../undo-ticket';

export interface GetFormerVaultKeysCommand {
  readonly ticket: string;
  readonly formerVerifier: string;
  readonly caller: Caller;
}

/** The keys of a vault before a change, by the link that undoes it and the verifier of then. Spends nothing but a try. */
@Injectable()
export class GetFormerVaultKeys {
  constructor(private readonly links: UndoLinks) {}

  /** @throws AppError `invalid-ticket`, `invalid-credentials`, `too-many-requests`, `busy` */
  async execute({ ticket, formerVerifier, caller }: GetFormerVaultKeysCommand): Promise<VaultKeys> {
    const seen = await this.links.find(ticket);
    await this.links.demand(seen, { credential: 'verifier', secret: formerVerifier }, caller);
    const { vault } = undoFactsOf(seen);
    if (!vault) throw new AppError('invalid-ticket');
    return vault.keys;
  }
}
