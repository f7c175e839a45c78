import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.service';
import type { Caller, Principal } from '../../../kernel/principal';
import type { PasswordHash } from '../../credential/passwords.service';
import { SecondFactor } from '../../mfa/second-factor.service';
import { CredentialCheck, type ProvenCredential } from '../credential-check.service';
import { GuardedCode } from '../guarded-code.service';
import { LiveSession } from '../live-session.service';
import { PasswordReplacement } from '../password-replacement.service';

export interface ProvedChange {
  readonly proven: ProvenCredential;
  readonly password: PasswordHash;
  /** A code of the second factor, where the caller sends it along; of no account without one is it looked at. */
  readonly code: string | null;
  readonly principal: Principal | null;
  readonly caller: Caller;
}

/** A change of password by the present one, from a session or from none. */
@Injectable()
export class ChangeByPassword {
  constructor(
    private readonly database: Database,
    private readonly check: CredentialCheck,
    private readonly liveSession: LiveSession,
    private readonly secondFactor: SecondFactor,
    private readonly codes: GuardedCode,
    private readonly replacement: PasswordReplacement,
  ) {}

  /**
   * Returns the ids of the sessions that ended. None does where the account has a second factor and nothing more than the
   * password was shown: whoever has stolen that must not be able to log the owner out.
   *
   * @throws AppError `invalid-credentials`, `session-ended`, `invalid-code`, `locked`, `too-many-requests`
   */
  async make(change: ProvedChange): Promise<string[]> {
    return (await this.database.transaction((tx) => this.withoutCode(tx, change))) ?? (await this.withCode(change));
  }

  /** Null where there is a code to be judged: asked under the account's lock, so that no factor comes in between. */
  private async withoutCode(tx: Tx, change: ProvedChange): Promise<string[] | null> {
    const user = await this.demand(tx, change);
    const isEnabled = await this.secondFactor.isEnabled(tx, user.id);
    if (isEnabled && change.code !== null) return null;
    const { principal, password, caller } = change;
    const keepSessionId = principal?.sessionId ?? null;
    const endsNothing = isEnabled && principal === null;
    return this.replacement.replace(tx, { user, password, keepSessionId, endsNothing, caller });
  }

  private withCode(change: ProvedChange): Promise<string[]> {
    const { proven, code, principal, password, caller } = change;
    const keepSessionId = principal?.sessionId ?? null;
    return this.codes.spend({
      userId: proven.user.id,
      code: code ?? '',
      caller,
      prepare: (tx) => this.demand(tx, change),
      allowed: (tx, user) => this.replacement.replace(tx, { user, password, keepSessionId, caller }),
    });
  }

  private async demand(tx: Tx, { principal, proven }: ProvedChange) {
    if (principal) await this.liveSession.lock(tx, principal);
    return this.check.demand(tx, proven);
  }
}
