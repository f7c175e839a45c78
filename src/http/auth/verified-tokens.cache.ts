import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { AccessClaims } from '../../core/session/access-claims';

export interface VerifiedToken {
  readonly claims: AccessClaims;
  readonly kid: string;
}

const CAPACITY = 10_000;

/**
 * Tokens whose signature was checked lately, so that it is checked once and not at every request. Bounded: the one
 * that was not seen for longest goes. Says nothing about time, revocation, or whether the key is still published.
 */
@Injectable()
export class VerifiedTokens {
  /** By digest: no live token lies about in memory. */
  private readonly entries = new Map<string, VerifiedToken>();

  constructor(private readonly capacity = CAPACITY) {}

  find(token: string): VerifiedToken | null {
    const key = digestOf(token);
    const entry = this.entries.get(key);
    if (!entry) return null;
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry;
  }

  keep(token: string, entry: VerifiedToken): void {
    this.entries.set(digestOf(token), entry);
    const [oldest] = this.entries.keys();
    if (this.entries.size > this.capacity && oldest !== undefined) this.entries.delete(oldest);
  }

  drop(token: string): void {
    this.entries.delete(digestOf(token));
  }
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
