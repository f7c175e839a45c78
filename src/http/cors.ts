import type { FastifyCorsOptions } from '@fastify/cors';
import type { Settings } from '../config/settings';

const PREFLIGHT_SECONDS = 600;

const ALLOWED_HEADERS = [
  'Authorization',
  'Content-Type',
  'access-token',
  'refresh-token',
  'X-Device-Token',
  'X-Ticket',
  'If-Match',
  'If-None-Match',
  'If-Modified-Since',
  'If-Unmodified-Since',
  'If-Range',
  'Range',
];
const EXPOSED_HEADERS = [
  'X-Device-Token',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
  'WWW-Authenticate',
  'access-token',
  'refresh-token',
  'Accept-Ranges',
  'Content-Disposition',
  'Content-Range',
  'ETag',
  'Link',
];

/** Only the named origins get any CORS header at all; an unknown one is answered as if CORS did not exist. */
export function corsOptions(settings: Pick<Settings, 'corsOrigins'>): FastifyCorsOptions {
  const allowed = new Set(settings.corsOrigins);
  return {
    origin: (origin, done) => {
      done(null, origin !== undefined && allowed.has(origin) ? origin : false);
    },
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ALLOWED_HEADERS,
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: PREFLIGHT_SECONDS,
    strictPreflight: false,
  };
}
