import type { FastifyHelmetOptions } from '@fastify/helmet';
import type { Settings } from '../config/settings';

/** An answer of the API is data: nothing in it may load, run, or be framed. */
const API_CSP = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HSTS_SECONDS = 365 * 86_400;

/** What every answer carries unless its route says otherwise. */
export function helmetOptions(settings: Pick<Settings, 'isHttps'>): FastifyHelmetOptions {
  return {
    global: true,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    frameguard: { action: 'deny' },
    hsts: settings.isHttps ? { maxAge: HSTS_SECONDS, includeSubDomains: false } : false,
  };
}

/** The same for answers made before any hook has run, as to a URL that cannot be decoded. */
export function bareHeaders(settings: Pick<Settings, 'isHttps'>): Record<string, string> {
  return {
    'Cache-Control': 'no-store',
    'Content-Security-Policy': API_CSP,
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    ...(settings.isHttps ? { 'Strict-Transport-Security': `max-age=${HSTS_SECONDS}` } : {}),
  };
}
