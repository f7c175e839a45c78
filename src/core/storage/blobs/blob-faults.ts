import { AppError } from '../../../kernel/errors/app-error';

const RETRY_AFTER_SECONDS = 5;

/** The bytes cannot be had or stored right now, and it is not the caller's doing. */
export function storeUnavailable(cause: unknown): AppError {
  return new AppError('unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
}

/** There is no room for the bytes. */
export function storeFull(cause: unknown): AppError {
  return new AppError('quota-exceeded', { cause });
}
