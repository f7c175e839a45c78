import { applyDecorators, Header } from '@nestjs/common';

/** What a page may do beyond nothing: its own styles, images and scripts, and forms that post back to us. */
const PAGE_CSP = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * The headers of an HTML page. `same-origin`, not `no-referrer`: with the latter browsers send `Origin: null` on form
 * posts, and the cross-site rule would refuse our own page's cookies. Other sites still get no referrer, so the ticket
 * in the page's URL does not leak.
 */
const pageHeaders: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': PAGE_CSP,
  'Referrer-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/** For a route that answers with a page: overrides the API's headers; `overrides` win over both. */
export function PageHeaders(overrides: Readonly<Record<string, string>> = {}): MethodDecorator & ClassDecorator {
  const headers = Object.entries({ ...pageHeaders, ...overrides });
  return applyDecorators(...headers.map(([name, value]) => Header(name, value)));
}
