import type { ValidationOptions } from 'class-validator';
import { IsOpaqueSecret } from './is-opaque-secret';

const LONGEST_TOKEN = 4096;

/** A refresh token in a body. A malformed one is 401 `invalid-refresh-token` like any wrong one. */
export function IsRefreshToken(options?: ValidationOptions): PropertyDecorator {
  return IsOpaqueSecret('invalid-refresh-token', LONGEST_TOKEN, options);
}
