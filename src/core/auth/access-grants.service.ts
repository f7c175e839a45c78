import { Injectable } from '@nestjs/common';
import { AccessTokens } from '../session/access-tokens.service';
import { Revocations } from '../session/revocations.service';
import type { SessionRow } from '../session/session-row';
import type { UserEntity } from '../user/user.entity';

export interface AccessGrant {
  readonly token: string;
  readonly expiresInSeconds: number;
}

/** Signs an access token for a session, with the claims of the account as it is now. */
@Injectable()
export class AccessGrants {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly revocations: Revocations,
  ) {}

  grant(user: UserEntity, session: SessionRow): AccessGrant {
    const { token, expiresInSeconds } = this.tokens.sign({
      userId: user.id,
      email: user.email,
      emailVerified: user.emailVerifiedAt !== null,
      roles: user.roles,
      sessionId: session.id,
      authenticatedAt: session.authenticatedAt,
      amr: session.amr,
      lifetimeSeconds: session.accessSeconds,
      endsAt: session.endsAt,
    });
    return { token, expiresInSeconds };
  }

  /** Access tokens of sessions that have ended are refused here at once. Call it after the commit. */
  withdraw(sessionIds: readonly string[]): void {
    this.revocations.note(sessionIds);
  }
}
