import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller, Principal } from '../../kernel/principal';
import type { CredentialKind } from '../credential/credential.entity';
import { SecondFactor } from '../mfa/second-factor.service';
import type { AccessGrant } from './access-grants.service';
import { AccountCredential } from './account-credential.service';
import { GuardedCode } from './guarded-code.service';
import { SessionRenewal } from './session-renewal.service';

export interface ReauthenticateCommand {
  readonly principal: Principal;
  readonly secret: string;
  readonly credential: CredentialKind;
  /** Needed where the account has a second factor. */
  readonly code: string | null;
  readonly caller: Caller;
}

/** Proves again who is behind a session, so that it may do what is sensitive: same session, fresh `auth_time`. */
@Injectable()
export class Reauthenticate {
  constructor(
    private readonly database: Database,
    private readonly credential: AccountCredential,
    private readonly secondFactor: SecondFactor,
    private readonly codes: GuardedCode,
    private readonly renewal: SessionRenewal,
  ) {}

  /** @throws AppError `invalid-credentials`, `mfa-required`, `invalid-code`, `session-ended`, `too-many-requests`, `busy` */
  async execute({ principal, secret, credential, code, caller }: ReauthenticateCommand): Promise<AccessGrant> {
    const { userId } = principal;
    const failure = 'reauthentication-failed' as const;
    const proven = await this.credential.prove({ userId, secret, credential, caller, failure });
    if (code !== null && (await this.secondFactor.isEnabled(this.database.pool, userId))) {
      return this.codes.spend({
        userId,
        code,
        caller,
        prepare: (tx) => this.credential.demand(tx, proven),
        allowed: (tx, user, method) => this.renewal.renew(tx, { user, principal, amr: ['pwd', method], caller }),
      });
    }
    return this.database.transaction(async (tx) => {
      const user = await this.credential.demand(tx, proven);
      if (await this.secondFactor.isEnabled(tx, userId)) throw new AppError('mfa-required');
      return this.renewal.renew(tx, { user, principal, amr: ['pwd'], caller });
    });
  }
}
