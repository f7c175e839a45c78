import type { Settings } from '../config/settings';

/** What cookies and origins are judged by. The adapter hangs it on every request. */
export interface WebContext {
  readonly isHttps: boolean;
  /** Our own origin and those of `CORS_ORIGINS`. */
  readonly ownOrigins: ReadonlySet<string>;
}

export function webContextOf(settings: Pick<Settings, 'isHttps' | 'publicUrl' | 'corsOrigins'>): WebContext {
  return { isHttps: settings.isHttps, ownOrigins: new Set([settings.publicUrl, ...settings.corsOrigins]) };
}

declare module 'fastify' {
  interface FastifyRequest {
    readonly webContext: WebContext;
  }
}
