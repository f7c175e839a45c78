import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import { Clock } from '../../../kernel/clock';
import type { Caller } from '../../../kernel/principal';
import type { PasswordHash } from '../../credential/passwords.service';
import { VaultKeyring, type VaultKeys } from '../../credential/vault-keyring.repository';
import type { UserEntity } from '../../user/user.entity';
import { AccountChanges } from '../account-changes.service';
import { NewPassword } from '../new-password.service';

export interface NewVault {
  readonly user: UserEntity;
  readonly verifier: PasswordHash;
  readonly keys: VaultKeys;
  readonly keepSessionId: string;
  readonly caller: Caller;
}

/** Verifier and keys of a vault change together or not at all: either alone would shut its owner out. */
@Injectable()
export class VaultChange {
  constructor(
    private readonly clock: Clock,
    private readonly newPassword: NewPassword,
    private readonly keyring: VaultKeyring,
    private readonly changes: AccountChanges,
  ) {}

  /** Returns the ids of the sessions that ended. */
  async make(tx: Tx, { user, verifier, keys, keepSessionId, caller }: NewVault): Promise<string[]> {
    const before = await this.changes.before(tx, user);
    await this.newPassword.write(tx, user.id, verifier, 'verifier');
    await this.keyring.set(tx, user.id, keys, this.clock.now());
    return this.changes.after(tx, { user, before, change: 'password-changed', keepSessionId, caller });
  }
}
