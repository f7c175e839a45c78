import type { AppError, FieldFault } from '../kernel/errors/app-error';
import type { ErrorCode } from '../kernel/errors/error-catalogue';
import type { PresentationContext } from './presenters/error-presenter';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';

/** RFC 9457, with the stable `code`, the faulty fields and the public details as extension members. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: ErrorCode;
  readonly errors?: readonly FieldFault[];
  readonly [extension: string]: unknown;
}

/** The body for `error`; the status is the contract's own choice. */
export function problemDetails(error: AppError, status: number, context: PresentationContext): ProblemDetails {
  return {
    ...error.details,
    type: `${context.publicUrl}/problems/${error.code}`,
    title: titleOf(error.code),
    status,
    detail: error.message,
    instance: `urn:uuid:${context.requestId}`,
    code: error.code,
    ...(error.fields.length > 0 ? { errors: error.fields } : {}),
  };
}

/** RFC 9457 §3.1.3: the same for every occurrence of a type, so it is made of the code alone. */
function titleOf(code: ErrorCode): string {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
