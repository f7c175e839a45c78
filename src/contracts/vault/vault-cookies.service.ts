import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SessionLifetimes, SignedIn } from '../../core/auth/session-opener.service';
import { accessTokenOf } from '../../http/auth/access-token.source';
import { CookieJar } from '../../http/cookie-jar';
import { readCredentialCookie, VAULT_ACCESS_COOKIE, VAULT_REFRESH_COOKIE } from '../../http/cookies';
import { SignInCookies } from '../../http/sign-in-cookies.service';
import { DAY_SECONDS, MINUTE_SECONDS } from '../../kernel/clock';
import { VAULT } from './vault';

type Tokens = Pick<SignedIn, 'access' | 'refreshToken' | 'refreshExpiresInSeconds'>;

/** As printed, whatever the settings say. */
export const VAULT_LIFETIMES: SessionLifetimes = {
  accessSeconds: 15 * MINUTE_SECONDS,
  refreshSeconds: 7 * DAY_SECONDS,
};

/** The cookies of this contract: `sv_at` holds an access token, or an enrolment token on the way to one. */
@Injectable()
export class VaultCookies implements OnModuleInit {
  constructor(
    private readonly cookies: CookieJar,
    private readonly signInCookies: SignInCookies,
  ) {}

  onModuleInit(): void {
    this.signInCookies.register(VAULT, (reply, signedIn) => {
      this.setTokens(reply, signedIn);
    });
  }

  setSignedIn(reply: FastifyReply, signedIn: SignedIn): void {
    this.cookies.offerDevice(reply, signedIn.deviceToken);
    this.setTokens(reply, signedIn);
  }

  setTokens(reply: FastifyReply, { access, refreshToken, refreshExpiresInSeconds }: Tokens): void {
    this.cookies.set(reply, VAULT_ACCESS_COOKIE, access.token, access.expiresInSeconds);
    if (refreshToken !== null) this.cookies.set(reply, VAULT_REFRESH_COOKIE, refreshToken, refreshExpiresInSeconds);
  }

  setEnrolment(reply: FastifyReply, token: string, lifeSeconds: number): void {
    this.cookies.set(reply, VAULT_ACCESS_COOKIE, token, lifeSeconds);
  }

  /** @throws AppError `cross-site`, `invalid-token` */
  enrolmentToken(request: FastifyRequest): string | null {
    return accessTokenOf(request)?.token ?? null;
  }

  /** @throws AppError `cross-site` */
  refreshToken(request: FastifyRequest): string | null {
    return readCredentialCookie(request, VAULT_REFRESH_COOKIE);
  }

  clear(reply: FastifyReply): void {
    this.cookies.clearSession(reply);
  }
}
