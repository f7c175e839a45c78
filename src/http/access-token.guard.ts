import { Injectable, type ExecutionContext } from '@nestjs/common';
import { AuthGuard, type IAuthModuleOptions } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import type { AccessClaims } from '../core/session/access-claims';
import { AccessTokens } from '../core/session/access-tokens.service';
import { SigningKeys } from '../core/session/signing-keys.service';
import { AppError } from '../kernel/errors/app-error';
import type { Principal } from '../kernel/principal';
import { AccessTokenStrategy } from './access-token.strategy';
import { accessTokenOf, type CarriedToken } from './auth/access-token.source';
import { tokenHeader } from './auth/token-header';
import { VerifiedTokens } from './auth/verified-tokens.cache';
import { toAppError } from './errors/error-translation';

declare module 'fastify' {
  interface FastifyRequest {
    principal?: Principal;
    /** What the token says, where `principal` is set. */
    accessClaims?: AccessClaims;
  }
}

/**
 * Lets only live access tokens in and says whose they are. A signature is checked once and remembered; time, type and
 * revocation are looked at every time.
 */
@Injectable()
export class AccessTokenGuard extends AuthGuard() {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly keys: SigningKeys,
    private readonly verified: VerifiedTokens,
    strategy: AccessTokenStrategy,
  ) {
    super(ownStrategy(strategy));
  }

  /** @throws AppError `invalid-token`, `session-ended`, `cross-site`, `unavailable` */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const carried = accessTokenOf(context.switchToHttp().getRequest<FastifyRequest>());
    if (!carried) throw new AppError('invalid-token');
    await this.admit(context, carried);
    return true;
  }

  protected async admit(context: ExecutionContext, { token }: CarriedToken): Promise<void> {
    const claims = this.remembered(token) ?? (await this.checked(context, token));
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    request.principal = this.tokens.assertLive(claims);
    request.accessClaims = claims;
  }

  override getAuthenticateOptions(): { property: string; session: false } {
    return { property: 'accessClaims', session: false };
  }

  /** Passport tells failures apart by `info`; only what is the token's fault becomes a 401. */
  override handleRequest<TUser = AccessClaims>(error: unknown, claims: TUser | false, info: unknown): TUser {
    if (error) throw toAppError(error);
    if (claims) return claims;
    if (info instanceof AppError) throw info;
    if (info instanceof Error && isTokenFault(info)) throw new AppError('invalid-token', { cause: info });
    throw toAppError(info);
  }

  /** A key that was dropped takes the tokens remembered under it along. */
  private remembered(token: string): AccessClaims | null {
    const entry = this.verified.find(token);
    if (!entry) return null;
    if (this.keys.find(entry.kid)) return entry.claims;
    this.verified.drop(token);
    return null;
  }

  private async checked(context: ExecutionContext, token: string): Promise<AccessClaims> {
    await super.canActivate(context);
    const claims = context.switchToHttp().getRequest<FastifyRequest>().accessClaims;
    const kid = tokenHeader(token)?.kid;
    if (!claims || typeof kid !== 'string') throw new AppError('invalid-token');
    this.verified.keep(token, { claims, kid });
    return claims;
  }
}

/**
 * The strategy itself and not its name: passport's register of names is the process's, where the last application made
 * would check the tokens of all. And a copy for each request: passport writes what to do on success onto the strategy it
 * is given, so of two requests at once one would be signed in as the other.
 */
function ownStrategy(strategy: AccessTokenStrategy): IAuthModuleOptions {
  const options = {
    get defaultStrategy(): AccessTokenStrategy {
      return Object.create(strategy) as AccessTokenStrategy;
    },
  };
  // the published type knows names only
  return options as unknown as IAuthModuleOptions;
}

/**
 * jsonwebtoken's own errors; and what it lets through: SyntaxError from a payload that is no JSON, TypeError from an ECDSA
 * signature of a wrong length, which only its text tells from a fault of ours.
 */
function isTokenFault(error: Error): boolean {
  if (error.name === 'TypeError') return /^"\w+" signatures must be /.test(error.message);
  return ['JsonWebTokenError', 'NotBeforeError', 'TokenExpiredError', 'SyntaxError'].includes(error.name);
}
