import { timingSafeEqual } from 'node:crypto';
import { sha256 } from './digest';

/**
 * Whether two byte strings are equal, in a time that does not tell where they differ. Digests are compared, because
 * `timingSafeEqual` throws on different lengths, which would be an answer of its own.
 */
export function constantTimeEqual(a: Buffer, b: Buffer): boolean {
  return timingSafeEqual(sha256(a), sha256(b));
}
