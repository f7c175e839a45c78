import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import type { AuditEventName } from '../audit/audit.service';
import type { CredentialKind } from '../credential/credential.entity';
import { Credentials } from '../credential/credential.repository';
import type { UserEntity } from '../user/user.entity';
import { Users } from '../user/users.repository';
import { GuardedComparison } from './guarded-comparison.service';

export interface AccountSecret {
  readonly userId: string;
  readonly secret: string;
  readonly credential: CredentialKind;
  readonly caller: Caller;
  readonly failure: AuditEventName;
}

export interface ProvenSecret {
  readonly userId: string;
  readonly credential: CredentialKind;
  readonly version: number;
}

/** Proves a secret of an account that is known already: of a live session, or of a mailed ticket. */
@Injectable()
export class AccountCredential {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly credentials: Credentials,
    private readonly comparison: GuardedComparison,
  ) {}

  /** @throws AppError `invalid-credentials`, `session-ended`, `too-many-requests`, `busy` */
  async prove(claim: AccountSecret): Promise<ProvenSecret> {
    const user = await this.users.findById(this.database.pool, claim.userId);
    if (!user || user.disabledAt) throw new AppError('session-ended');
    const stored = await this.credentials.find(this.database.pool, user.id, claim.credential);
    await this.comparison.compare({
      userId: user.id,
      identifier: user.emailCanonical ?? user.usernameCanonical ?? user.id,
      storedHash: stored?.hash ?? null,
      countedBy: 'lockout',
      secret: claim.secret,
      caller: claim.caller,
      failure: claim.failure,
    });
    if (!stored) throw new AppError('invalid-credentials');
    return { userId: user.id, credential: claim.credential, version: stored.version };
  }

  /** Inside the transaction of the act: the account, locked, if the secret is still the one that was compared. */
  async confirm(tx: Tx, proven: ProvenSecret): Promise<UserEntity | null> {
    const user = await this.users.lockById(tx, proven.userId);
    const version = await this.credentials.lockVersion(tx, proven.userId, proven.credential);
    return user && !user.disabledAt && version === proven.version ? user : null;
  }

  /** As `confirm`. @throws AppError `session-ended` when the secret is no longer that one, or the account is gone */
  async demand(tx: Tx, proven: ProvenSecret): Promise<UserEntity> {
    const user = await this.confirm(tx, proven);
    if (!user) throw new AppError('session-ended');
    return user;
  }
}
