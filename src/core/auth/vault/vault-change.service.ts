import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import type { Caller } from '../../../kernel/principal';
import type { PasswordHash } from '../../credential/passwords.service';
import type { VaultKeys } from '../../credential/vault-keyring.repository';
import type { UserEntity } from '../../user/user.entity';
import { AccountChanges } from '../account-changes.service';
import { Vaults } from './vaults.service';

export interface NewVault {
  readonly user: UserEntity;
  readonly verifier: PasswordHash;
  readonly keys: VaultKeys;
  readonly keepSessionId: string;
  readonly caller: Caller;
}

/** A vault's master password is another: its verifier, and the keys that it opens. */
@Injectable()
export class VaultChange {
  constructor(
    private readonly vaults: Vaults,
    private readonly changes: AccountChanges,
  ) {}

  /** Returns the ids of the sessions that ended. */
  async make(tx: Tx, { user, verifier, keys, keepSessionId, caller }: NewVault): Promise<string[]> {
    const before = await this.changes.before(tx, user);
    await this.vaults.write(tx, user.id, { verifier, keys });
    return this.changes.after(tx, { user, before, change: 'master-password-changed', keepSessionId, caller });
  }
}
