import type { FastifyRequest } from 'fastify';
import { AppError } from '../kernel/errors/app-error';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Absent: not a browser. `none`: typed or opened by the user. `same-site` is another host, so it is not ours. */
const OWN_FETCH_SITES = new Set([undefined, 'same-origin', 'none']);

/**
 * A browser sends cookies on requests that other sites make. So a credential from a cookie counts on a write only when
 * the browser says that the request comes from a page of ours.
 *
 * @throws AppError `cross-site`
 */
export function demandOwnOrigin(request: FastifyRequest): void {
  if (!isOwnOrigin(request)) throw new AppError('cross-site');
}

/** Whether a request only reads, or comes from a page of ours, or from no browser. */
export function isOwnOrigin(request: FastifyRequest): boolean {
  if (SAFE_METHODS.has(request.method)) return true;
  const { origin } = request.headers;
  if (origin !== undefined) return request.webContext.ownOrigins.has(origin);
  return OWN_FETCH_SITES.has(singleHeader(request.headers['sec-fetch-site']));
}

function singleHeader(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}
