import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.service';
import { AppError } from '../../../kernel/errors/app-error';
import type { Principal } from '../../../kernel/principal';
import { VaultKeyring, type VaultKeys } from '../../credential/vault-keyring.repository';

/** The keys of one's own vault. */
@Injectable()
export class GetVaultKeys {
  constructor(
    private readonly database: Database,
    private readonly keyring: VaultKeyring,
  ) {}

  /** @throws AppError `not-found` for an account that has no vault */
  async execute({ userId }: Principal): Promise<VaultKeys> {
    const keys = await this.keyring.find(this.database.pool, userId);
    if (!keys) throw new AppError('not-found');
    return keys;
  }
}
