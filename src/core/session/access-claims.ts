import { isUuid } from '../../kernel/ids';

/** What an access token says (RFC 7519 §4.1, RFC 8176, OpenID Connect Core §2 for `auth_time`). */
export interface AccessClaims {
  readonly iss: string;
  readonly aud: string;
  /** The account's uuid. */
  readonly sub: string;
  /** The session's uuid. */
  readonly sid: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  readonly token_type: 'access';
  readonly auth_time: number;
  readonly amr: readonly string[];
  /** The account's uuid once more, under the name that other contracts look for. */
  readonly uid: string;
  readonly email: string | null;
  readonly email_verified: boolean;
  readonly roles: readonly string[];
  /** With `HASURA_CLAIMS`. */
  readonly 'https://hasura.io/jwt/claims'?: HasuraClaims;
}

export interface HasuraClaims {
  readonly 'x-hasura-user-id': string;
  readonly 'x-hasura-allowed-roles': readonly string[];
  readonly 'x-hasura-default-role': string;
}

/**
 * Reads the claims our decisions rest on; null when any is missing or of another type. A signature of ours says who
 * wrote a token, not that it is an access token.
 */
export function accessClaimsOf(payload: unknown): AccessClaims | null {
  if (typeof payload !== 'object' || payload === null) return null;
  const claims = payload as Partial<Record<keyof AccessClaims, unknown>>;
  const hasIds = isUuidText(claims.sub) && isUuidText(claims.sid) && typeof claims.jti === 'string';
  const hasTimes = [claims.iat, claims.exp, claims.auth_time].every((time) => Number.isSafeInteger(time));
  const hasMethods = Array.isArray(claims.amr) && claims.amr.every((method) => typeof method === 'string');
  return claims.token_type === 'access' && hasIds && hasTimes && hasMethods ? (payload as AccessClaims) : null;
}

function isUuidText(value: unknown): boolean {
  return typeof value === 'string' && isUuid(value);
}
