import type { ValidationOptions } from 'class-validator';
import { IsOpaqueSecret } from './is-opaque-secret';

const LONGEST_TICKET = 256;

/** A ticket or one-time token: 1 to 256 characters. A malformed one is 401 `invalid-ticket` like any wrong one. */
export function IsTicket(options?: ValidationOptions): PropertyDecorator {
  return IsOpaqueSecret('invalid-ticket', LONGEST_TICKET, options);
}
