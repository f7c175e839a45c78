import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Settings } from '../../config/settings';
import { Clock, epochSecondsOf } from '../../kernel/clock';
import { AppError } from '../../kernel/errors/app-error';
import { newId } from '../../kernel/ids';
import type { Principal } from '../../kernel/principal';
import { accessClaimsOf, type AccessClaims, type HasuraClaims } from './access-claims';
import { Revocations } from './revocations.service';
import type { SigningAlgorithm } from './signing-key';
import { SigningKeys } from './signing-keys.service';

/** What the flow that opens or continues a session knows of it and of its account. */
export interface AccessClaimsInput {
  readonly userId: string;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly roles: readonly string[];
  readonly sessionId: string;
  readonly authenticatedAt: Date;
  readonly amr: readonly string[];
  readonly lifetimeSeconds: number;
  /** The session's absolute end, which no access token outlives. */
  readonly endsAt: Date;
}

export interface SignedAccessToken {
  readonly token: string;
  readonly expiresInSeconds: number;
  readonly claims: AccessClaims;
}

/** How far in the future `iat` may lie: another process's clock. */
const IAT_LEEWAY_SECONDS = 60;

/** Access tokens: signed under the published key set, and good only while their session lives. */
@Injectable()
export class AccessTokens {
  constructor(
    private readonly jwt: JwtService,
    private readonly keys: SigningKeys,
    private readonly revocations: Revocations,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /** Signs an access token that lives `lifetimeSeconds`, or until the session's absolute end if that comes first. */
  sign(input: AccessClaimsInput): SignedAccessToken {
    const iat = this.clock.epochSeconds();
    const exp = Math.min(iat + input.lifetimeSeconds, epochSecondsOf(input.endsAt));
    const claims: AccessClaims = {
      iss: this.settings.jwtIssuer,
      aud: this.settings.jwtAudience,
      sub: input.userId,
      sid: input.sessionId,
      iat,
      exp,
      jti: newId(),
      token_type: 'access',
      auth_time: epochSecondsOf(input.authenticatedAt),
      amr: input.amr,
      uid: input.userId,
      email: input.email,
      email_verified: input.emailVerified,
      roles: input.roles,
      ...(this.settings.hasuraClaims ? { 'https://hasura.io/jwt/claims': hasuraClaims(input) } : {}),
    };
    const { kid, algorithm, privateKey } = this.keys.current();
    // `iat` and `exp` stand in the payload, so that jsonwebtoken does not ask the machine for the time
    const token = this.jwt.sign({ ...claims }, { algorithm, keyid: kid, privateKey });
    return { token, expiresInSeconds: exp - iat, claims };
  }

  /**
   * The key that may check a token of this header; null when the key is not published (any more) or is for another
   * algorithm: a key is good for its own algorithm alone (RFC 8725 §3.1).
   */
  async keyFor(header: { readonly kid?: unknown; readonly alg?: unknown }): Promise<KeyObject | null> {
    if (typeof header.kid !== 'string') return null;
    const key = await this.keys.resolve(header.kid);
    return key && key.algorithm === header.alg ? key.publicKey : null;
  }

  /**
   * Checks what the signature does not say: that the claims are an access token's, the time, and that the session has
   * not ended. To be asked at every request, also for a token whose signature was checked before.
   *
   * @throws AppError `invalid-token`, `session-ended`; `unavailable` while nobody knows which sessions have ended
   */
  assertLive(claims: AccessClaims): Principal {
    const known = accessClaimsOf(claims);
    const now = this.clock.epochSeconds();
    if (!known || known.exp <= now || known.iat > now + IAT_LEEWAY_SECONDS) throw new AppError('invalid-token');
    this.assertNotEnded(known.sid);
    return {
      userId: known.sub,
      sessionId: known.sid,
      authenticatedAt: new Date(known.auth_time * 1000),
      amr: known.amr,
    };
  }

  /**
   * For work that outlives the token it began with: whether its session has ended meanwhile.
   *
   * @throws AppError `session-ended`; `unavailable` as `assertLive`
   */
  assertNotEnded(sessionId: string): void {
    if (this.revocations.isRevoked(sessionId)) throw new AppError('session-ended');
    if (this.revocations.isStale()) throw new AppError('unavailable', { retryAfterSeconds: 5 });
  }

  /**
   * Checks a token from its text: signature, algorithm, issuer, audience, and everything `assertLive` does.
   *
   * @throws AppError as `assertLive`
   */
  async verify(token: string): Promise<AccessClaims> {
    const header = this.headerOf(token);
    const key = header && (await this.keyFor(header));
    if (!key) throw new AppError('invalid-token');
    const claims = accessClaimsOf(this.verified(token, key, header.alg));
    if (!claims) throw new AppError('invalid-token');
    this.assertLive(claims);
    return claims;
  }

  private headerOf(token: string): JoseHeader | null {
    try {
      return this.jwt.decode<{ header: JoseHeader } | null>(token, { complete: true })?.header ?? null;
    } catch (error) {
      // jsonwebtoken throws a bare SyntaxError at a payload that is no JSON
      throw new AppError('invalid-token', { cause: error });
    }
  }

  private verified(token: string, key: KeyObject, algorithm: SigningAlgorithm): unknown {
    try {
      return this.jwt.verify(token, {
        publicKey: key.export({ format: 'pem', type: 'spki' }),
        algorithms: [algorithm],
        issuer: this.settings.jwtIssuer,
        audience: this.settings.jwtAudience,
        ignoreExpiration: true,
      });
    } catch (error) {
      throw new AppError('invalid-token', { cause: error });
    }
  }
}

interface JoseHeader {
  readonly kid?: string;
  readonly alg: SigningAlgorithm;
}

/** Everybody signed in is a `user` there, besides the roles of the account. */
function hasuraClaims({ userId, roles }: AccessClaimsInput): HasuraClaims {
  return {
    'x-hasura-user-id': userId,
    'x-hasura-allowed-roles': [...new Set(['user', ...roles])],
    'x-hasura-default-role': 'user',
  };
}
