import type { AccessGrant } from '../../core/auth/access-grants.service';
import type { SignedIn } from '../../core/auth/session-opener.service';
import type { LiveToken } from '../../core/auth/verify-token.flow';
import type { AccessClaims } from '../../core/session/access-claims';
import type { ClaimsAccessDto } from './dto/claims-access.dto';
import type { ClaimsTokensDto } from './dto/claims-tokens.dto';
import type { MeDto } from './dto/me.dto';
import type { VerifiedDto } from './dto/verified.dto';

export function toAccessDto({ token, expiresInSeconds }: AccessGrant): ClaimsAccessDto {
  return { access_token: token, expires_in: expiresInSeconds };
}

export function toTokensDto({ access, refreshToken, refreshExpiresInSeconds }: SignedIn): ClaimsTokensDto {
  if (refreshToken === null) throw new Error('a session of this contract has a refresh token');
  return {
    access_token: access.token,
    expires_in: access.expiresInSeconds,
    refresh_expires_in: refreshExpiresInSeconds,
    refresh_token: refreshToken,
  };
}

export function toVerifiedDto({ tokenType, userId, email, issuedAt, expiresAt }: LiveToken): VerifiedDto {
  return { token: { token_type: tokenType, uid: userId, email, exp: expiresAt, iat: issuedAt } };
}

/** Field by field: what a token may hold besides is not this contract's. */
export function toMeDto(claims: AccessClaims): MeDto {
  const { token_type, uid, email, exp, iat, sub, sid, iss, aud, auth_time, amr, email_verified, roles } = claims;
  return {
    claims: { token_type, uid, email, exp, iat, sub, sid, iss, aud, auth_time, amr, email_verified, roles },
  };
}
