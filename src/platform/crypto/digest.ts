import { createHash, createHmac } from 'node:crypto';

/** SHA-256; for secrets only where they have at least 112 bits of entropy themselves. */
export function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}

/** HMAC-SHA-256 (RFC 2104), for what could be guessed by trying: identifiers, short codes, passwords. */
export function hmacSha256(key: Buffer, data: string | Buffer): Buffer {
  return createHmac('sha256', key).update(data).digest();
}
