import { Injectable } from '@nestjs/common';
import { AppError } from '../../../kernel/errors/app-error';
import type { VaultKeys } from '../../credential/vault-keyring.repository';
import { UndoLinks } from '../undo-links.service';
import { undoFactsOf } from '../undo-ticket';

/** What a client derives the verifier of before a change from; for who holds the link that undoes the change. */
@Injectable()
export class FormerPrelogin {
  constructor(private readonly links: UndoLinks) {}

  /** @throws AppError `invalid-ticket`, also where there was no vault then */
  async execute(ticket: string): Promise<Pick<VaultKeys, 'salt' | 'argon2Params'>> {
    const { vault } = undoFactsOf(await this.links.find(ticket));
    if (!vault) throw new AppError('invalid-ticket');
    return vault.keys;
  }
}
