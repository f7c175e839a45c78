import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { Settings } from '../../config/settings';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import type { CredentialKind } from '../credential/credential.entity';
import type { UserEntity } from '../user/user.entity';
import { CredentialCheck, type LoginName } from './credential-check.service';
import { SessionOpener, type SessionLifetimes, type SignedIn } from './session-opener.service';

export interface SignInCommand {
  readonly name: LoginName;
  readonly secret: string;
  readonly credential: CredentialKind;
  readonly lifetimes: SessionLifetimes;
  readonly caller: Caller;
}

/**
 * Signs in by name and secret. An account that exists and one that does not cost the same statements, the same hash and
 * get the same answer; what is wrong with an account is told only after the right secret.
 */
@Injectable()
export class SignIn {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly check: CredentialCheck,
    private readonly opener: SessionOpener,
  ) {}

  /** @throws AppError `invalid-credentials`, `too-many-requests`, `busy`; after the right secret `disabled`, `not-activated` */
  async execute(command: SignInCommand): Promise<SignedIn> {
    const proven = await this.check.prove(command, 'sign-in-failed');
    this.refuseUnusable(proven.user);
    const signedIn = await this.database.transaction(async (tx) => {
      // a reset in between wins: the session is opened only for the very secret that was compared
      const user = await this.check.confirm(tx, proven);
      if (!user) throw new AppError('invalid-credentials');
      return this.opener.open(tx, { user, amr: ['pwd'], lifetimes: command.lifetimes, caller: command.caller });
    });
    await this.check.upgrade(proven, command.secret, command.caller);
    return signedIn;
  }

  private refuseUnusable(user: UserEntity): void {
    if (user.disabledAt) throw new AppError('disabled');
    if (this.settings.requireVerifiedEmail && user.email !== null && !user.emailVerifiedAt) {
      throw new AppError('not-activated');
    }
  }
}
