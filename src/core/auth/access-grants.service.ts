import { Injectable } from '@nestjs/common';
import { AccessTokens } from '../session/access-tokens.service';
import type { SessionRow } from '../session/session-row';
import type { UserEntity } from '../user/user.entity';

export interface AccessGrant {
  readonly token: string;
  readonly expiresInSeconds: number;
}

/** Signs an access token for a session, with the claims of the account as it is now. */
@Injectable()
export class AccessGrants {
  constructor(private readonly tokens: AccessTokens) {}

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
}
