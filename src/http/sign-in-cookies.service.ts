import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { SignedIn } from '../core/auth/session-opener.service';

export type SetSignInCookies = (reply: FastifyReply, signedIn: SignedIn) => void;

/**
 * Which cookies a sign-in of each contract sets. A second factor is given at one route for all of them, which belongs to
 * one contract and must not know the others.
 */
@Injectable()
export class SignInCookies {
  private readonly setters = new Map<string, SetSignInCookies>();

  /** @throws Error when the contract has registered already */
  register(contract: string, set: SetSignInCookies): void {
    if (this.setters.has(contract)) throw new Error(`${contract} has registered its cookies already`);
    this.setters.set(contract, set);
  }

  /** What `contract` has registered; null where its tokens travel in JSON, or by no cookies of its own. */
  find(contract: string): SetSignInCookies | null {
    return this.setters.get(contract) ?? null;
  }
}
