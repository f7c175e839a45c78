import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.service';
import { canonicalIdentifier } from '../../../kernel/canonical';
import { AppError } from '../../../kernel/errors/app-error';
import type { Caller, Principal } from '../../../kernel/principal';
import { Users } from '../../user/users.repository';
import { CredentialCheck, type ProvenCredential } from '../credential-check.service';
import { TemporaryPasswords } from './temporary-passwords.service';

export interface NamedClaim {
  readonly username: string;
  readonly currentPassword: string;
  /** Whose access token came along; null without one. */
  readonly principal: Principal | null;
  readonly caller: Caller;
}

/** What was shown: the password, which may change meanwhile, or a temporary one, which is spent with the change. */
export type ShownProof =
  | { readonly kind: 'password'; readonly proven: ProvenCredential }
  | { readonly kind: 'temporary'; readonly userId: string; readonly temporaryPassword: string };

/** What somebody shows who changes the password of an account that he only names. */
@Injectable()
export class NamedProof {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly temporary: TemporaryPasswords,
    private readonly check: CredentialCheck,
  ) {}

  /**
   * A temporary password cannot be guessed, so it is looked up before anything is counted, and no lock closes that way.
   *
   * @throws AppError `forbidden` for a session of somebody else, `invalid-credentials`, `locked`, `too-many-requests`, `busy`
   */
  async demand({ username, currentPassword, principal, caller }: NamedClaim): Promise<ShownProof> {
    const userId = await this.users.findIdByUsername(this.database.pool, canonicalIdentifier(username));
    if (principal && principal.userId !== userId) throw new AppError('forbidden');
    const found = await this.temporary.find(this.database.pool, currentPassword);
    if (found && userId !== null && found.userId === userId) {
      return { kind: 'temporary', userId, temporaryPassword: currentPassword };
    }
    const claim = { name: { kind: 'username', text: username }, secret: currentPassword, caller } as const;
    const proven = await this.check.prove({ ...claim, credential: 'password' }, 'password-change-failed');
    return { kind: 'password', proven };
  }
}
