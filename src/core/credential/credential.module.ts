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
    VaultKeyring,
    blocklist,
  ],
  exports: [Credentials, CredentialUpgrade, DecoyVaultKeys, PasswordPolicy, Passwords, VaultKeyring],
})
export class CredentialModule {}
