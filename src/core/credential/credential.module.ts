import { Module } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { Credentials } from './credential.repository';
import { CredentialUpgrade } from './credential-upgrade.service';
import { DecoyVaultKeys } from './decoy-vault-keys.service';
import { Decoys } from './decoys.service';
import { loadPasswordBlocklist } from './load-password-blocklist';
import { PasswordBlocklist } from './password-blocklist';
import { PasswordPolicy } from './password-policy.service';
import { Passwords } from './passwords.service';
import { SealedPasswords } from './sealing/sealed-passwords.service';
import { SealedUses } from './sealing/sealed-uses.repository';
import { SealingKeyRepository } from './sealing/sealing-keys.repository';
import { SealingKeys } from './sealing/sealing-keys.service';
import { VaultKeyring } from './vault-keyring.repository';

const blocklist = { provide: PasswordBlocklist, inject: [Settings], useFactory: loadPasswordBlocklist };

/** What proves a person: hashing, comparison, policy and storage of secrets that people know. */
@Module({
  providers: [
    Credentials,
    CredentialUpgrade,
    Decoys,
    DecoyVaultKeys,
    PasswordPolicy,
    Passwords,
    SealedPasswords,
    SealedUses,
    SealingKeyRepository,
    SealingKeys,
    VaultKeyring,
    blocklist,
  ],
  exports: [
    Credentials,
    CredentialUpgrade,
    DecoyVaultKeys,
    PasswordPolicy,
    Passwords,
    SealedPasswords,
    SealedUses,
    SealingKeys,
    VaultKeyring,
  ],
})
export class CredentialModule {}
