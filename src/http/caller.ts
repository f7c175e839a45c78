import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../kernel/principal';
import { deviceCookieName, readCredentialCookie, REFRESH_TOKEN_COOKIE, VAULT_REFRESH_COOKIE } from './cookies';
import { isOwnOrigin } from './cross-site.policy';
import { canonicalAddress, networkOf } from './network-address';

export const DEVICE_TOKEN_HEADER = 'x-device-token';

const LONGEST_USER_AGENT = 512;
const LONGEST_DEVICE_TOKEN = 4096;

/**
 * What the core may know of who calls.
 *
 * @throws AppError `cross-site` when a device token came by cookie on a write that no page of ours made
 */
export function callerOf(request: FastifyRequest, contract: string): Caller {
  const ip = addressOf(request);
  return {
    ip,
    network: networkOf(ip),
    userAgent: request.headers['user-agent']?.slice(0, LONGEST_USER_AGENT) ?? null,
    requestId: request.id,
    contract,
    deviceToken: deviceTokenOf(request),
    sessionId: request.principal?.sessionId ?? null,
    refreshTokens: refreshTokensOf(request),
  };
}

/** Binds the `Caller`; the contract's name is the argument. */
export const CallerOf = createParamDecorator((contract: string, context: ExecutionContext): Caller =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>(), contract),
);

/**
 * Who holds what a request keeps as long as its connection goes on: the session, or a stranger's network. Not the account:
 * who ends a thief's sessions must not find his own places taken by what they still have open.
 */
export function holderOf(request: FastifyRequest): string {
  return request.principal?.sessionId ?? networkOf(addressOf(request));
}

/** Whose share of what there is little of a request takes: the account's, or that of a stranger's network. */
export function shareOf(request: FastifyRequest): string {
  return request.principal?.userId ?? networkOf(addressOf(request));
}

/**
 * The caller's address as the trusted proxies tell it. A proxy that forwards something else than an address counts for
 * itself; a peer without one (a Unix socket) is this machine.
 */
export function addressOf(request: FastifyRequest): string {
  return canonicalAddress(request.ip) ?? canonicalAddress(request.socket.remoteAddress) ?? '127.0.0.1';
}

function deviceTokenOf(request: FastifyRequest): string | null {
  const header = request.headers[DEVICE_TOKEN_HEADER];
  if (typeof header === 'string' && header !== '') return header.length <= LONGEST_DEVICE_TOKEN ? header : null;
  // a header wins over every cookie: what proves itself by header is not refused for a cookie that came along
  if (hasHeaderToken(request) && !isOwnOrigin(request)) return null;
  return readCredentialCookie(request, deviceCookieName(request.webContext.isHttps));
}

/** Only a hint whose browser this is: a cookie that another site made the browser send is no such hint, and no offence. */
function refreshTokensOf(request: FastifyRequest): string[] {
  if (!isOwnOrigin(request)) return [];
  return [REFRESH_TOKEN_COOKIE, VAULT_REFRESH_COOKIE].flatMap((name) => readCredentialCookie(request, name) ?? []);
}

function hasHeaderToken({ headers }: FastifyRequest): boolean {
  return headers.authorization !== undefined || headers['access-token'] !== undefined;
}
