import type { IncomingHttpHeaders } from 'node:http';
import type { AppError } from '../../kernel/errors/app-error';

/** What tells which contract a request belongs to. */
export interface PresentedRequest {
  readonly method: string;
  /** Without query string; as sent where the URL could not be decoded. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As parsed, not yet validated; undefined when there was none or it could not be parsed. */
  readonly body: unknown;
}

export interface PresentationContext {
  readonly requestId: string;
  /** Without a trailing slash. */
  readonly publicUrl: string;
}

export interface PresentedError {
  readonly status: number;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, anything else as JSON. */
  readonly body: string | object;
}

/** How one contract shows an error. Must be total: every code of the catalogue has an answer. */
export interface ErrorPresenter {
  readonly name: string;
  /** Whether the request speaks this contract. Must not throw, whatever body and headers hold. */
  owns(request: PresentedRequest): boolean;
  present(error: AppError, context: PresentationContext): PresentedError;
}
