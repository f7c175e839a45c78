import type { FastifyRequest } from 'fastify';
import { demandOwnOrigin } from './cross-site.policy';

export const REFRESH_TOKEN_COOKIE = 'refresh_token';
/** Names that the vault contract prints. */
export const VAULT_ACCESS_COOKIE = 'sv_at';
export const VAULT_REFRESH_COOKIE = 'sv_rt';

/** Under https the prefix keeps sibling hosts from planting a device token (RFC 6265bis §4.1.3.2). */
export function deviceCookieName(isHttps: boolean): string {
  return isHttps ? '__Host-device' : 'device';
}

const LONGEST_CREDENTIAL = 4096;

/**
 * Reads a credential that came by cookie; null when there is none.
 *
 * @throws AppError `cross-site` when there is one, on a write that does not come from a page of ours
 */
export function readCredentialCookie(request: FastifyRequest, name: string): string | null {
  const value = request.cookies[name];
  if (value === undefined || value === '' || value.length > LONGEST_CREDENTIAL) return null;
  demandOwnOrigin(request);
  return value;
}
