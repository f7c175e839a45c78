import type { FastifyRequest } from 'fastify';
import { isRefusal } from '../../kernel/errors/app-error';
import { accessTokenOf } from './access-token.source';

/**
 * Where nobody has to be signed in, an access token that is no good (it has run out, its session or account is gone) and
 * came by cookie counts as none: a browser sends it along as long as it has it, and no page can make it stop.
 *
 * @param error what the token was refused with; it is thrown again where it is another matter, or the token was sent on
 *   purpose, in a header
 */
export function forgetSpentCookie(request: FastifyRequest, error: unknown): void {
  const isSpent = isRefusal(error, 'invalid-token') || isRefusal(error, 'session-ended');
  if (!isSpent || accessTokenOf(request)?.via !== 'cookie') throw error;
  delete request.principal;
  delete request.accessClaims;
}
