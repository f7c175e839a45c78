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
  if (SAFE_METHODS.has(request.method)) return;
  const { origin } = request.headers;
  const isOwn =
    origin === undefined
      ? OWN_FETCH_SITES.has(singleHeader(request.headers['sec-fetch-site']))
      : request.webContext.ownOrigins.has(origin);
  if (!isOwn) throw new AppError('cross-site');
}

function singleHeader(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}
