import type { FastifyRequest } from 'fastify';
import { AppError } from '../../kernel/errors/app-error';
import { readCredentialCookie, VAULT_ACCESS_COOKIE } from '../cookies';

export interface CarriedToken {
  readonly token: string;
  readonly via: 'header' | 'cookie';
}

/**
 * The access token a request carries: from `Authorization: Bearer` or the header `access-token`, else from the vault's
 * cookie. Null when it carries none.
 *
 * @throws AppError `invalid-token` when the headers disagree or are malformed; `cross-site` when it came by cookie on a
 *   write that no page of ours made
 */
export function accessTokenOf(request: FastifyRequest): CarriedToken | null {
  const bearer = bearerOf(request.headers.authorization);
  const named = request.headers['access-token'];
  if (Array.isArray(named)) throw new AppError('invalid-token');
  if (bearer !== undefined && named !== undefined && bearer !== named) throw new AppError('invalid-token');
  const header = bearer ?? named;
  if (header === '') throw new AppError('invalid-token');
  if (header !== undefined) return { token: header, via: 'header' };
  const cookie = readCredentialCookie(request, VAULT_ACCESS_COOKIE);
  return cookie === null ? null : { token: cookie, via: 'cookie' };
}

/** RFC 6750 §2.1. Another scheme is some proxy's business, not a broken token of ours. */
function bearerOf(authorization: string | undefined): string | undefined {
  const match = /^bearer(?: +(.*))?$/i.exec(authorization ?? '');
  return match ? (match[1] ?? '').trim() : undefined;
}
