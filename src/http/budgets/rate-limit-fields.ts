import type { ScopedCharge } from './scoped-charges';

/**
 * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11): lists of structured fields, one member
 * a budget; `q` quota, `w` window, `r` remaining, `t` seconds until it is renewed.
 */
export function rateLimitFields(charges: readonly ScopedCharge[], windowSeconds: number): Record<string, string> {
  const policies = charges.map(({ scope }) => `"${scope.policy}";q=${scope.limit};w=${windowSeconds}`);
  const standings = charges.map(({ scope, isWithin, used, resetSeconds }) => {
    const remaining = isWithin ? Math.max(0, scope.limit - used) : 0;
    return `"${scope.policy}";r=${remaining};t=${resetSeconds}`;
  });
  return { 'RateLimit-Policy': policies.join(', '), RateLimit: standings.join(', ') };
}
