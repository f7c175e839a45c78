import { HttpException } from '@nestjs/common';
import { isDatabaseUnavailable } from '../../database/database-errors';
import { AppError } from '../../kernel/errors/app-error';
import type { ErrorCode } from '../../kernel/errors/error-catalogue';

const RETRY_AFTER_SECONDS = 2;

const CODE_BY_FASTIFY_CODE: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_BAD_URL: 'bad-url',
  FST_ERR_MAX_PARAM_LENGTH: 'bad-url',
  FST_ERR_NOT_FOUND: 'not-found',
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
};

const CODE_BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'invalid-token',
  403: 'forbidden',
  404: 'not-found',
  405: 'not-found',
  413: 'too-large',
  414: 'bad-url',
  415: 'unsupported-media-type',
  429: 'too-many-requests',
  503: 'unavailable',
};

/**
 * Says any error in the catalogue's words: ours, Nest's, Fastify's, the database's. What nobody foresaw is `internal`,
 * with the original as its cause.
 */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isDatabaseUnavailable(error)) {
    return new AppError('unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause: error });
  }
  return new AppError(codeOf(error), { cause: error });
}

function codeOf(error: unknown): ErrorCode {
  if (error instanceof HttpException) return codeOfStatus(error.getStatus());
  const { code, statusCode } = frameworkFacts(error);
  // Only what the framework raised itself speaks with a status: some library's error that happens to carry one does not.
  if (code?.startsWith('FST_') === true) {
    return CODE_BY_FASTIFY_CODE[code] ?? (statusCode === undefined ? 'internal' : codeOfStatus(statusCode));
  }
  return 'internal';
}

function codeOfStatus(status: number): ErrorCode {
  return CODE_BY_STATUS[status] ?? (status >= 400 && status < 500 ? 'malformed-body' : 'internal');
}

function frameworkFacts(error: unknown): { code?: string; statusCode?: number } {
  if (!(error instanceof Error)) return {};
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  return {
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof statusCode === 'number' ? { statusCode } : {}),
  };
}
