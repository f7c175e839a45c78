import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../config/settings';
import { DEVICE_TOKEN_HEADER } from './caller';
import {
  deviceCookieName,
  readCredentialCookie,
  REFRESH_TOKEN_COOKIE,
  VAULT_ACCESS_COOKIE,
  VAULT_REFRESH_COOKIE,
} from './cookies';

const DEVICE_SECONDS = 365 * 86_400;

/** Sets, reads and clears the cookies that carry credentials. */
@Injectable()
export class CookieJar {
  constructor(private readonly settings: Settings) {}

  /** `HttpOnly; SameSite=Lax; Path=/`, `Secure` under https. */
  set(reply: FastifyReply, name: string, value: string, maxAgeSeconds: number): void {
    void reply.setCookie(name, value, { ...this.attributes(), maxAge: maxAgeSeconds });
  }

  setRefreshToken(reply: FastifyReply, token: string, maxAgeSeconds: number): void {
    this.set(reply, REFRESH_TOKEN_COOKIE, token, maxAgeSeconds);
  }

  /**
   * Gives the caller the token that makes it a known device: as a header for apps, and as a cookie unless the caller
   * asked for none.
   */
  offerDevice(reply: FastifyReply, token: string, { byCookie = true }: { readonly byCookie?: boolean } = {}): void {
    void reply.header(DEVICE_TOKEN_HEADER, token);
    if (byCookie) this.setDevice(reply, token);
  }

  /** For a year: it names a browser, not a session. */
  setDevice(reply: FastifyReply, token: string): void {
    this.set(reply, deviceCookieName(this.settings.isHttps), token, DEVICE_SECONDS);
  }

  /** @throws AppError `cross-site` when a cookie is there but the request is not one of our pages' */
  refreshToken(request: FastifyRequest): string | null {
    return readCredentialCookie(request, REFRESH_TOKEN_COOKIE);
  }

  /** Ending a session clears the cookies of every contract: it was a session in all of them. */
  clearSession(reply: FastifyReply): void {
    for (const name of [REFRESH_TOKEN_COOKIE, VAULT_ACCESS_COOKIE, VAULT_REFRESH_COOKIE]) this.clear(reply, name);
  }

  clearDevice(reply: FastifyReply): void {
    this.clear(reply, deviceCookieName(this.settings.isHttps));
  }

  private clear(reply: FastifyReply, name: string): void {
    void reply.setCookie(name, '', { ...this.attributes(), maxAge: 0, expires: new Date(0) });
  }

  private attributes(): { httpOnly: true; sameSite: 'lax'; path: '/'; secure: boolean } {
    return { httpOnly: true, sameSite: 'lax', path: '/', secure: this.settings.isHttps };
  }
}
