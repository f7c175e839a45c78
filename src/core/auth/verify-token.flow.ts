import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { epochSecondsOf } from '../../kernel/clock';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import { AccessTokens } from '../session/access-tokens.service';
import type { SessionRow } from '../session/session-row';
import { Sessions } from '../session/sessions.service';
import type { UserEntity } from '../user/user.entity';
import { Users } from '../user/users.repository';

export interface VerifyTokenCommand {
  readonly token: string;
  readonly caller: Caller;
}

/** A token that is good now. Instants in seconds since 1970. */
export interface LiveToken {
  readonly tokenType: 'access' | 'refresh';
  readonly userId: string;
  readonly email: string | null;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/**
 * Says whether a token is live, to whoever holds it: an access token of any contract, or a refresh token of the caller's
 * own. Another contract's refresh token is nobody's business here. Rotates, uses and ends nothing.
 */
@Injectable()
export class VerifyToken {
  constructor(
    private readonly database: Database,
    private readonly tokens: AccessTokens,
    private readonly sessions: Sessions,
    private readonly users: Users,
  ) {}

  /** @throws AppError `invalid-token`, `session-ended`; `unavailable` while nobody knows which sessions have ended */
  async execute({ token, caller }: VerifyTokenCommand): Promise<LiveToken> {
    // what we did not sign reaches no table
    const session = await this.sessions.findByRefreshToken(this.database.pool, token);
    if (session) return this.ofRefreshToken(session, caller);
    const claims = await this.tokens.verify(token);
    // asked of the table, not of what this process has heard: it makes no difference where the session was ended
    if (!(await this.sessions.find(this.database.pool, claims.sid))) throw new AppError('session-ended');
    await this.demandHolder(claims.sub);
    const { email, iat, exp } = claims;
    return { tokenType: 'access', userId: claims.sub, email, issuedAt: iat, expiresAt: exp };
  }

  private async ofRefreshToken(session: SessionRow, { contract }: Caller): Promise<LiveToken> {
    if (session.contract !== contract) throw new AppError('invalid-token');
    const user = await this.demandHolder(session.userId);
    return {
      tokenType: 'refresh',
      userId: user.id,
      email: user.email,
      issuedAt: epochSecondsOf(session.createdAt),
      expiresAt: epochSecondsOf(session.expiresAt),
    };
  }

  private async demandHolder(userId: string): Promise<UserEntity> {
    const user = await this.users.findById(this.database.pool, userId);
    if (!user || user.disabledAt) throw new AppError('session-ended');
    return user;
  }
}
