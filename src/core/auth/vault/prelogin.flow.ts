import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.service';
import { canonicalIdentifier, normalizeEmail } from '../../../kernel/canonical';
import { NOBODY } from '../../../kernel/ids';
import { DecoyVaultKeys } from '../../credential/decoy-vault-keys.service';
import { VaultKeyring, type VaultKeys } from '../../credential/vault-keyring.repository';
import { Users } from '../../user/users.repository';

/**
 * What a client needs before it can sign in to a vault. Anybody may ask, so an address without a vault has keys too: made
 * of a secret and the address, by the same steps, stable for ever.
 */
@Injectable()
export class Prelogin {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly keyring: VaultKeyring,
    private readonly decoys: DecoyVaultKeys,
  ) {}

  async execute(email: string): Promise<VaultKeys> {
    const address = canonicalIdentifier(normalizeEmail(email));
    const { pool } = this.database;
    const userId = await this.users.findIdByEmail(pool, address);
    const decoy = this.decoys.for(address);
    return (await this.keyring.find(pool, userId ?? NOBODY)) ?? decoy;
  }
}
