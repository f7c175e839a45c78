import type { AccessGrant } from '../../core/auth/access-grants.service';
import type { ListedCaller } from '../../core/auth/list-devices.flow';
import type { AccountLock } from '../../core/auth/list-locks.flow';
import type { SessionRow } from '../../core/session/session-row';
import type { Account } from '../../core/auth/get-account.flow';
import type { AccountDto } from './dto/account.dto';
import type { DeviceDto } from './dto/device.dto';
import type { LockDto } from './dto/lock.dto';
import type { SessionDto } from './dto/session.dto';
import type { AccessTokenDto } from './dto/access-token.dto';
import type { SignedInDto } from './dto/signed-in.dto';

export interface TokensInBody {
  readonly access: AccessGrant;
  readonly refreshToken: string | null;
  readonly refreshExpiresInSeconds: number;
  readonly deviceToken?: string;
}

/** This contract counts in milliseconds. */
const toMilliseconds = (seconds: number) => seconds * 1000;

export function toAccessTokenDto(access: AccessGrant): AccessTokenDto {
  return { jwt_token: access.token, jwt_expires_in: toMilliseconds(access.expiresInSeconds) };
}

/** For callers that asked for no cookie: everything in the body. */
export function toSignedInDto(tokens: TokensInBody): SignedInDto {
  return {
    jwt_token: tokens.access.token,
    jwt_expires_in: toMilliseconds(tokens.access.expiresInSeconds),
    ...toRefreshFields(tokens),
    ...(tokens.deviceToken === undefined ? {} : { device_token: tokens.deviceToken }),
  };
}

/** A sign-in of a contract that hands out no refresh token has none here either, nor a time at which it expires. */
function toRefreshFields({ refreshToken, refreshExpiresInSeconds }: TokensInBody): Partial<SignedInDto> {
  if (refreshToken === null) return {};
  return { refresh_token: refreshToken, refresh_expires_in: toMilliseconds(refreshExpiresInSeconds) };
}

export function toAccountDto({ user, hasSecondFactor }: Account): AccountDto {
  return {
    id: Number(user.number),
    uuid: user.id,
    email: user.email,
    username: user.username,
    created: user.createdAt.toISOString(),
    updated: user.updatedAt.toISOString(),
    roles: user.roles,
    email_verified: user.emailVerifiedAt !== null,
    mfa_enabled: hasSecondFactor,
    display_name: user.displayName,
    locale: user.locale,
  };
}

export function toSessionDto(session: SessionRow, currentSessionId: string): SessionDto {
  return {
    id: session.id,
    created: session.createdAt.toISOString(),
    last_seen: session.lastSeenAt.toISOString(),
    expires: session.expiresAt.toISOString(),
    ip: session.ip,
    user_agent: session.userAgent,
    contract: session.contract,
    current: session.id === currentSessionId,
  };
}

export function toDeviceDto(known: ListedCaller): DeviceDto {
  return {
    id: known.id,
    kind: known.kind,
    user_agent: known.userAgent,
    ip: known.ip,
    network: known.network,
    created: known.createdAt.toISOString(),
    last_seen: known.lastSeenAt.toISOString(),
    expires: known.knownUntil.toISOString(),
    current: known.isCurrent,
  };
}

export function toLockDto({ lock, user }: AccountLock): LockDto {
  return {
    id: lock.id,
    account: { uuid: user.id, email: user.email, username: user.username },
    factor: lock.factor,
    standing: lock.standing,
    failures: lock.failures,
    networks: lock.networks,
    locked: lock.lockedAt.toISOString(),
    until: lock.lockedUntil.toISOString(),
  };
}
