import { errorCatalogue, type ErrorCode } from './error-catalogue';

/** What is wrong with one field of a request. `field` is the caller's own spelling, `message` never repeats its value. */
export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

export interface AppErrorOptions {
  readonly fields?: readonly FieldFault[];
  /** Whole seconds until trying again makes sense; becomes `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** Public facts that a contract may show, such as the `ticket` of `mfa-required`. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
  /** The private reason: for the log, never for the answer. */
  readonly cause?: unknown;
}

/** The only error that the core throws on purpose. `code` is public and stable; `cause` stays inside. */
export class AppError extends Error {
  readonly fields: readonly FieldFault[];
  readonly retryAfterSeconds: number | undefined;
  readonly details: Readonly<Record<string, string | number | boolean>>;

  constructor(
    readonly code: ErrorCode,
    options: AppErrorOptions = {},
  ) {
    super(errorCatalogue[code], options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'AppError';
    this.fields = options.fields ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.details = options.details ?? {};
  }
}

/** Whether an error is that refusal, and not some other one or a fault. */
export function isRefusal(error: unknown, code: ErrorCode): boolean {
  return error instanceof AppError && error.code === code;
}
