import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Settings } from '../../config/settings';
import { Clock, epochSecondsOf } from '../../kernel/clock';
import { isUuid } from '../../kernel/ids';
import { sha256 } from '../../platform/crypto/digest';
import { randomToken } from '../../platform/crypto/random';
import { ServiceKeys } from '../../platform/keys/service-keys.service';

export interface NewRefreshToken {
  readonly userId: string;
  readonly sessionId: string;
  readonly contract: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** A token that we signed for this contract and that has not expired. Whether it was used, the session's row knows. */
export interface PresentedRefreshToken {
  readonly sessionId: string;
  /** 256 random bits that only the token holds; the database has their digest. */
  readonly id: string;
  /** SHA-256 of the id, as it is stored. */
  readonly digest: Buffer;
}

/**
 * Refresh tokens as texts. HS256 under a key that is never published, so that nobody who checks access tokens against
 * the published set can take one for an access token, whatever else he forgets to check.
 */
@Injectable()
export class RefreshTokens {
  constructor(
    private readonly jwt: JwtService,
    private readonly serviceKeys: ServiceKeys,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /** Makes a token with a fresh id. */
  mint(fresh: NewRefreshToken): { token: string; digest: Buffer } {
    const jti = randomToken();
    const claims = {
      iss: this.settings.jwtIssuer,
      aud: this.settings.jwtAudience,
      sub: fresh.userId,
      sid: fresh.sessionId,
      jti,
      token_type: 'refresh',
      contract: fresh.contract,
      iat: epochSecondsOf(fresh.issuedAt),
      exp: epochSecondsOf(fresh.expiresAt),
    };
    const token = this.jwt.sign(claims, { algorithm: 'HS256', secret: this.serviceKeys.key('refresh') });
    return { token, digest: sha256(jti) };
  }

  /** Null for anything but a token of ours, of this contract (of any, if null), that has not expired. */
  read(token: string, contract: string | null): PresentedRefreshToken | null {
    const claims = this.claimsOf(token);
    const isRightKind = claims?.token_type === 'refresh' && (contract === null || claims.contract === contract);
    if (!isRightKind || typeof claims.exp !== 'number' || claims.exp <= this.clock.epochSeconds()) return null;
    const { sid, jti } = claims;
    if (typeof sid !== 'string' || !isUuid(sid) || typeof jti !== 'string') return null;
    return { sessionId: sid, id: jti, digest: sha256(jti) };
  }

  private claimsOf(token: string): Record<string, unknown> | null {
    try {
      return this.jwt.verify<Record<string, unknown>>(token, {
        secret: this.serviceKeys.key('refresh'),
        algorithms: ['HS256'],
        issuer: this.settings.jwtIssuer,
        audience: this.settings.jwtAudience,
        ignoreExpiration: true, // by our own clock, in `read`
      });
    } catch {
      return null; // whatever is wrong with it, it is no token of ours
    }
  }
}
