import { Injectable, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import { Settings } from '../../config/settings';
import { AppError } from '../../kernel/errors/app-error';
import { newId } from '../../kernel/ids';
import { errorForLog } from '../../platform/logging/error-for-log';
import { PresenterRegistry } from '../presenters/presenter-registry';
import type { ErrorPresenter, PresentedError, PresentedRequest } from '../presenters/error-presenter';
import { bareHeaders } from '../security-headers';
import { toAppError } from './error-translation';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What could be read of a request that could not be read as a whole. */
export interface RawRequestLine {
  readonly method: string;
  readonly path: string;
}

/** Turns any error into an answer in the shape of the contract that the request speaks. */
@Injectable()
export class ErrorResponder {
  private readonly logger = new Logger(ErrorResponder.name);

  constructor(
    private readonly presenters: PresenterRegistry,
    private readonly settings: Settings,
  ) {}

  /** Answers `request`, unless an answer has begun already. Never throws an error of its own making outward. */
  respond(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    // whoever hangs up in the midst of a body: not a database, whose connections are reset with the same code
    const isCutShort = request.raw.errored !== null && error === request.raw.errored;
    const appError = isCutShort ? new AppError('malformed-body') : toAppError(error);
    // of a URL that could not be routed the route is unknown, and the URL itself is never logged
    this.log(appError, request.id, request.is404 ? null : (request.routeOptions.url ?? null));
    if (reply.sent) return;
    const answer = this.answer(appError, this.presenters.presenterFor(factsOf(request)), request);
    for (const [name, value] of Object.entries(bareHeaders(this.settings))) {
      // errors raised before the hooks ran have no headers yet
      if (!reply.hasHeader(name)) void reply.header(name, value);
    }
    void reply.code(answer.status).headers(answer.headers).send(answer.body);
  }

  /** A whole HTTP/1.1 answer for bytes that were no request. */
  rawAnswer(error: AppError, { method, path }: RawRequestLine): string {
    const presenter = this.presenters.presenterFor({ method, path: decoded(path), headers: {}, body: undefined });
    const answer = this.answer(error, presenter, { id: newId(), headers: {} });
    const headers: Record<string, string | number> = {
      ...bareHeaders(this.settings),
      ...answer.headers,
      'Content-Length': Buffer.byteLength(answer.body),
      Connection: 'close',
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const reason = STATUS_CODES[answer.status] ?? '';
    return [`HTTP/1.1 ${answer.status} ${reason}`, ...lines, '', answer.body].join('\r\n');
  }

  private answer(error: AppError, presenter: ErrorPresenter, request: Pick<FastifyRequest, 'id' | 'headers'>): Answer {
    const presented = presenter.present(error, { requestId: request.id, publicUrl: this.settings.publicUrl });
    const headers: Record<string, string> = { 'Content-Type': presented.contentType, ...presented.headers };
    if (error.retryAfterSeconds !== undefined) {
      headers['Retry-After'] ??= String(Math.max(1, Math.ceil(error.retryAfterSeconds)));
    }
    if (presented.status === 401) headers['WWW-Authenticate'] ??= challenge(error, request);
    return { status: presented.status, headers, body: textOf(presented) };
  }

  private log(error: AppError, requestId: string, route: string | null): void {
    if (error.code !== 'internal' && error.code !== 'unavailable') return;
    const line = { requestId, route, failure: errorForLog(error.cause ?? error) };
    if (error.code === 'internal') this.logger.error(line, 'a request failed');
    else this.logger.warn(line, 'a dependency did not answer');
  }
}

function factsOf(request: FastifyRequest): PresentedRequest {
  const { method, headers, body } = request;
  return { method, headers, body, path: decoded(request.url.split(/[?#]/, 1)[0] ?? '/') };
}

/** As the router reads it; as sent where it cannot be. */
function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

/** RFC 6750 §3.1: the error is named only to those who presented a token. */
function challenge(error: AppError, { headers }: Pick<FastifyRequest, 'headers'>): string {
  const isTokenError = error.code === 'invalid-token' || error.code === 'session-ended';
  const hasToken = headers.authorization !== undefined || headers['access-token'] !== undefined;
  return isTokenError && hasToken ? 'Bearer realm="latchkey", error="invalid_token"' : 'Bearer realm="latchkey"';
}

function textOf({ body }: PresentedError): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}
