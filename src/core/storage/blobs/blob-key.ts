import { randomBytes } from 'node:crypto';

/** A name for bytes that were never stored before: 128 random bits in hex, good in any file system. */
export function newBlobKey(): string {
  return randomBytes(16).toString('hex');
}
