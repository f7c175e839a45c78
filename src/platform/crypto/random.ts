import { randomBytes, randomInt } from 'node:crypto';

/** An unguessable token of `bytes` random bytes, as base64url: safe in URLs, cookies and headers. */
export function randomToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}

/** `count` decimal digits, each equally likely, leading zeros included. */
export function randomDigits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join('');
}
