import type { PresentedRequest } from '../../http/presenters/error-presenter';

export type SharedRoute = 'register' | 'login' | 'me';

/** What two contracts answer at, and how a request of this one is told from the other's. The only place that knows. */
const SHARED_PATHS: readonly {
  readonly route: SharedRoute;
  readonly method: string;
  readonly path: string;
  readonly isOurs: (request: PresentedRequest) => boolean;
}[] = [
  { route: 'register', method: 'POST', path: '/auth/register', isOurs: hasSealedPassword },
  { route: 'login', method: 'POST', path: '/auth/login', isOurs: hasSealedPassword },
  { route: 'me', method: 'GET', path: '/user/me', isOurs: hasNamedHeader },
];

/** The shared route that a request of this contract is for; null for any other request. */
export function sealedRouteOf(request: PresentedRequest): SharedRoute | null {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const path = request.path.replace(/(?<=.)\/$/, '');
  const found = SHARED_PATHS.find((shared) => shared.method === method && shared.path === path);
  return found?.isOurs(request) === true ? found.route : null;
}

function hasSealedPassword({ body }: PresentedRequest): boolean {
  if (typeof body !== 'object' || body === null) return false;
  return Object.hasOwn(body, 'encryptedPassword') || Object.hasOwn(body, 'keyID');
}

function hasNamedHeader({ headers }: PresentedRequest): boolean {
  return headers['access-token'] !== undefined;
}
