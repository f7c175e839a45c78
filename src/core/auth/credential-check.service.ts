import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.service';
import { canonicalIdentifier, normalizeEmail } from '../../kernel/canonical';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { NOBODY } from '../../kernel/ids';
import type { CredentialKind } from '../credential/credential.entity';
import { Credentials } from '../credential/credential.repository';
import { CredentialUpgrade } from '../credential/credential-upgrade.service';
import type { UserEntity } from '../user/user.entity';
import { Users } from '../user/users.repository';
import { AccountCredential } from './account-credential.service';
import { GuardedComparison } from './guarded-comparison.service';

/** What an account is called at sign-in. */
export interface LoginName {
  readonly kind: 'email' | 'username';
  readonly text: string;
}

export interface CredentialClaim {
  readonly name: LoginName;
  readonly secret: string;
  readonly credential: CredentialKind;
  readonly caller: Caller;
  readonly isAwaitedProofTold?: boolean;
}

/** A secret that was right when it was compared, and the version of the row it was compared with. */
export interface ProvenCredential {
  readonly user: UserEntity;
  readonly credential: CredentialKind;
  readonly version: number;
  readonly needsUpgrade: boolean;
}

/** Proves who somebody is by name and secret, in the same steps whether or not there is such an account. */
@Injectable()
export class CredentialCheck {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly credentials: Credentials,
    private readonly comparison: GuardedComparison,
    private readonly upgrades: CredentialUpgrade,
    private readonly account: AccountCredential,
  ) {}

  /** @throws AppError `invalid-credentials`, `too-many-requests`, `busy` */
  async prove(claim: CredentialClaim, failure: 'sign-in-failed' | 'password-change-failed'): Promise<ProvenCredential> {
    const identifier = canonicalOf(claim.name);
    const userId = await this.findId(claim.name.kind, identifier);
    const stored = await this.credentials.find(this.database.pool, userId ?? NOBODY, claim.credential);
    const needsUpgrade = await this.comparison.compare({
      userId,
      identifier,
      storedHash: stored?.hash ?? null,
      countedBy: 'lockout',
      secret: claim.secret,
      caller: claim.caller,
      failure,
      isAwaitedProofTold: claim.isAwaitedProofTold ?? false,
    });
    // only now, when it is right: to make an entity of the row takes a time that would tell that there is one
    const user = userId === null ? null : await this.users.findById(this.database.pool, userId);
    // null when the account was deleted meanwhile
    if (!user || !stored) throw new AppError('invalid-credentials');
    return { user, credential: claim.credential, version: stored.version, needsUpgrade };
  }

  /**
   * Inside the transaction of the act: the account, locked, if the secret is still the one that was compared. A reset in
   * between wins.
   *
   * @throws AppError `invalid-credentials`
   */
  async demand(tx: Tx, { user, credential, version }: ProvenCredential): Promise<UserEntity> {
    const confirmed = await this.account.confirm(tx, { userId: user.id, credential, version });
    if (!confirmed) throw new AppError('invalid-credentials');
    return confirmed;
  }

  /** Replaces a hash of an older scheme, unless the secret was changed meanwhile. */
  async upgrade(proven: ProvenCredential, secret: string, caller: Caller): Promise<void> {
    if (!proven.needsUpgrade) return;
    await this.upgrades.upgrade(this.database.pool, proven.user.id, proven.credential, proven.version, secret, {
      class: 'vouched',
      network: caller.network,
    });
  }

  private findId(kind: LoginName['kind'], canonical: string): Promise<string | null> {
    return kind === 'email'
      ? this.users.findIdByEmail(this.database.pool, canonical)
      : this.users.findIdByUsername(this.database.pool, canonical);
  }
}

function canonicalOf(name: LoginName): string {
  return canonicalIdentifier(name.kind === 'email' ? normalizeEmail(name.text) : name.text);
}
