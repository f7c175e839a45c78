import { applyDecorators, createParamDecorator, UseGuards, type ExecutionContext } from '@nestjs/common';
import { ApiUnauthorizedResponse } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { AccessClaims } from '../core/session/access-claims';
import { AppError } from '../kernel/errors/app-error';
import type { Principal } from '../kernel/principal';
import { AccessTokenGuard } from './access-token.guard';
import { InFlightGuard } from './budgets/in-flight.guard';
import { ApiAccessToken } from './openapi/api-access-token.decorator';
import { OptionalAccessTokenGuard } from './optional-access-token.guard';

/** Only with a live access token. */
export function Authenticated(): MethodDecorator & ClassDecorator {
  return applyDecorators(
    UseGuards(AccessTokenGuard, InFlightGuard),
    ApiAccessToken(),
    ApiUnauthorizedResponse({ description: 'no access token, one that is not valid, or a session that has ended' }),
  );
}

/** With an access token or without; see `PrincipalDemand`. */
export function MaybeAuthenticated(): MethodDecorator & ClassDecorator {
  return applyDecorators(UseGuards(OptionalAccessTokenGuard, InFlightGuard), ApiAccessToken());
}

/** Binds who makes the request, on a route that is `@Authenticated()`. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
  // a route that forgot its guard refuses everybody rather than let anybody in
  if (!principal) throw new AppError('invalid-token');
  return principal;
});

/** Binds what the access token says, on a route that is `@Authenticated()`. */
export const CurrentClaims = createParamDecorator((_: unknown, context: ExecutionContext): AccessClaims => {
  const { principal, accessClaims } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!principal || !accessClaims) throw new AppError('invalid-token');
  return accessClaims;
});

/** Says who makes the request, or throws what was wrong with the token (`invalid-token` when there is none). */
export type DemandPrincipal = () => Principal;

/**
 * On a route that is `@MaybeAuthenticated()`: asks for the principal only where the request turns out to need one. A
 * stale token left in an app must not spoil a request that carries a better proof, such as a mailed ticket.
 */
export const PrincipalDemand = createParamDecorator((_: unknown, context: ExecutionContext): DemandPrincipal => {
  const { principal, principalRefusal } = context.switchToHttp().getRequest<FastifyRequest>();
  return () => {
    if (!principal) throw principalRefusal ?? new AppError('invalid-token');
    return principal;
  };
});
