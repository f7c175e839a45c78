import { QueryFailedError } from 'typeorm';

export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly constraint?: string;
  readonly stack: string;
  readonly cause?: LoggedError;
}

const DEEPEST_CAUSE = 5;
const UNTOLD = '(not logged: it may repeat what was sent)';

/**
 * An error as it may be logged: kind, message, stack and causes. No other property is taken over, as errors carry whole
 * requests, statement parameters and recipients along; a message that quotes its input is left out as well.
 */
export function errorForLog(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: UNTOLD, stack: '' };
  const message = isQuotingInput(error) ? UNTOLD : error.message;
  const code = textOf(error, 'code') ?? textOf(driverErrorOf(error), 'code');
  const constraint = textOf(driverErrorOf(error), 'constraint');
  return {
    type: error.name,
    message,
    ...(code === undefined ? {} : { code }),
    ...(constraint === undefined ? {} : { constraint }),
    stack: `${error.name}: ${message}\n${framesOf(error)}`,
    ...(error.cause === undefined || depth >= DEEPEST_CAUSE ? {} : { cause: errorForLog(error.cause, depth + 1) }),
  };
}

/**
 * JSON.parse quotes the text (SyntaxError), PostgreSQL the value that does not fit (SQLSTATE class 22) or the whole row,
 * Fastify the URL or a header.
 */
function isQuotingInput(error: Error): boolean {
  const code = textOf(error, 'code') ?? textOf(driverErrorOf(error), 'code') ?? '';
  return error instanceof SyntaxError || /^22\w{3}$/.test(code) || code.startsWith('FST_ERR_');
}

function driverErrorOf(error: Error): object {
  return error instanceof QueryFailedError ? (error.driverError as object) : error;
}

function textOf(holder: object, property: string): string | undefined {
  const value = (holder as Record<string, unknown>)[property];
  return typeof value === 'string' ? value : undefined;
}

/** The frames alone: a stack begins with the message, which may have several lines. */
function framesOf(error: Error): string {
  const lines = (error.stack ?? '').split('\n');
  return lines.filter((line) => /^ {4}at /.test(line)).join('\n');
}
