import { AuditEventEntity } from './core/audit/audit-event.entity';
import { CredentialEntity } from './core/credential/credential.entity';
import { SealedUseEntity } from './core/credential/sealing/sealed-use.entity';
import { SealingFailuresEntity } from './core/credential/sealing/sealing-failures.entity';
import { SealingKeyEntity } from './core/credential/sealing/sealing-key.entity';
import { VaultKeysEntity } from './core/credential/vault-keys.entity';
import { DeviceEntity } from './core/lockout/device.entity';
import { KnownNetworkEntity } from './core/lockout/known-network.entity';
import { LockEntity } from './core/lockout/lock.entity';
import { DevelopmentMailEntity } from './core/mail/development-mail.entity';
import { MailOutboxEntity } from './core/mail/mail-outbox.entity';
import { RevocationEntity } from './core/session/revocation.entity';
import { FormerTotpEntity } from './core/mfa/former-totp.entity';
import { RecoveryCodeEntity } from './core/mfa/recovery-code.entity';
import { TotpEntity } from './core/mfa/totp.entity';
import { SessionEntity } from './core/session/session.entity';
import { SigningKeyEntity } from './core/session/signing-key.entity';
import { StorageUsageEntity } from './core/storage/objects/storage-usage.entity';
import { StoredBlobEntity } from './core/storage/objects/stored-blob.entity';
import { StoredObjectEntity } from './core/storage/objects/stored-object.entity';
import { MailedCodeEntity } from './core/ticket/mailed-code.entity';
import { TicketSecretEntity } from './core/ticket/ticket-secret.entity';
import { TicketEntity } from './core/ticket/ticket.entity';
import { UserEntity } from './core/user/user.entity';
import type { EntityClass } from './database/data-source';
import { NetworkBudgetEntity } from './http/budgets/network-budget.entity';
import { ServiceKeyEntity } from './platform/keys/service-key.entity';

/** Every table as TypeORM knows it. A test compares them with what the migrations make. */
export const entities: readonly EntityClass[] = [
  AuditEventEntity,
  CredentialEntity,
  DeviceEntity,
  DevelopmentMailEntity,
  FormerTotpEntity,
  KnownNetworkEntity,
  LockEntity,
  MailedCodeEntity,
  MailOutboxEntity,
  NetworkBudgetEntity,
  RecoveryCodeEntity,
  RevocationEntity,
  SealedUseEntity,
  SealingFailuresEntity,
  SealingKeyEntity,
  ServiceKeyEntity,
  SessionEntity,
  SigningKeyEntity,
  StorageUsageEntity,
  StoredBlobEntity,
  StoredObjectEntity,
  TicketEntity,
  TicketSecretEntity,
  TotpEntity,
  UserEntity,
  VaultKeysEntity,
];
