import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { Database } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import { SecondFactor } from '../mfa/second-factor.service';
import type { UserEntity } from '../user/user.entity';
import { CredentialCheck, type ProvenCredential } from './credential-check.service';
import { SessionOpener, type SignedIn } from './session-opener.service';
import type { SignInCommand, SignInOutcome } from './sign-in-command';
import { SignInHalfway } from './sign-in-halfway.service';

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
    private readonly secondFactor: SecondFactor,
    private readonly halfway: SignInHalfway,
    private readonly opener: SessionOpener,
  ) {}

  /** @throws AppError `invalid-credentials`, `too-many-requests`, `busy`; after the right secret `disabled`, `not-activated`, `invalid-code` */
  async execute(command: SignInCommand): Promise<SignInOutcome> {
    const { requireVerifiedEmail } = this.settings;
    const isAwaitedProofTold = requireVerifiedEmail && command.isAwaitedProofTold === true;
    const proven = await this.check.prove({ ...command, isAwaitedProofTold }, 'sign-in-failed');
    this.refuseUnusable(proven.user);
    const outcome = (await this.withoutSecondFactor(proven, command)) ?? (await this.halfway.goOn(proven, command));
    await this.check.upgrade(proven, command.secret, command.caller);
    return outcome;
  }

  /** Null where the account has a second factor: asked under its lock, so that none is enabled in between. */
  private withoutSecondFactor(proven: ProvenCredential, command: SignInCommand): Promise<SignedIn | null> {
    const { lifetimes, caller } = command;
    return this.database.transaction(async (tx) => {
      const user = await this.check.demand(tx, proven);
      if (await this.secondFactor.isEnabled(tx, user.id)) return null;
      return this.opener.open(tx, { user, amr: ['pwd'], lifetimes, caller });
    });
  }

  private refuseUnusable(user: UserEntity): void {
    if (user.disabledAt) throw new AppError('disabled');
    if (this.settings.requireVerifiedEmail && user.email !== null && !user.emailVerifiedAt) {
      throw new AppError('not-activated');
    }
  }
}
