import { QueryFailedError, QueryRunnerAlreadyReleasedError } from 'typeorm';

interface PostgresError {
  readonly code?: string;
  readonly constraint?: string;
}

function driverError(error: unknown): PostgresError {
  const inner: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return typeof inner === 'object' && inner !== null ? inner : {};
}

/** Whether `error` is the violation of the named constraint or unique index. */
export function isViolationOf(error: unknown, constraint: string): boolean {
  return driverError(error).constraint === constraint;
}

/** SQLSTATE class 40: the transaction was undone through no fault of its statements and may be run again. */
export function isRetryable(error: unknown): boolean {
  return ['40001', '40P01'].includes(driverError(error).code ?? '');
}

const LOST_CONNECTION = ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'];
const LOST_MESSAGE =
  /Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection/i;

/** Whether the database could not be reached or is shutting down, starting, full or too slow to answer. */
export function isDatabaseUnavailable(error: unknown): boolean {
  // a connection that broke between two statements of a transaction: the driver has given it up already
  if (error instanceof QueryRunnerAlreadyReleasedError) return true;
  const { code = '' } = driverError(error);
  // 08: connection; 53: resources; 57: operator intervention (57014: statement timeout); 55P03: lock timeout
  const isServerSide =
    /^(08|53|57)/.test(code) || code === '55P03' || code === '25P03' || code === '40001' || code === '40P01';
  return isServerSide || LOST_CONNECTION.includes(code) || (error instanceof Error && LOST_MESSAGE.test(error.message));
}
