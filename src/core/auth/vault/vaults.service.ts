import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import { Clock } from '../../../kernel/clock';
import { Credentials } from '../../credential/credential.repository';
import type { PasswordHash } from '../../credential/passwords.service';
import { VaultKeyring, type VaultKeys } from '../../credential/vault-keyring.repository';

export interface Vault {
  readonly verifier: PasswordHash;
  readonly keys: VaultKeys;
}

/** Verifier and keys of a vault: read and written together or not at all, since either alone would shut its owner out. */
@Injectable()
export class Vaults {
  constructor(
    private readonly clock: Clock,
    private readonly credentials: Credentials,
    private readonly keyring: VaultKeyring,
  ) {}

  async find(tx: Tx, userId: string): Promise<Vault | null> {
    const found = await this.credentials.find(tx, userId, 'verifier');
    const keys = await this.keyring.find(tx, userId);
    return found && keys && { verifier: { hash: found.hash, scheme: found.scheme }, keys };
  }

  async write(tx: Tx, userId: string, { verifier, keys }: Vault): Promise<void> {
    const now = this.clock.now();
    await this.credentials.set(tx, userId, 'verifier', verifier, now);
    await this.keyring.set(tx, userId, keys, now);
  }

  /** As `write`; and whatever password the account has besides is void. */
  async writeAsOnlyWayIn(tx: Tx, userId: string, vault: Vault): Promise<void> {
    await this.write(tx, userId, vault);
    await this.credentials.remove(tx, userId, 'password');
  }
}
