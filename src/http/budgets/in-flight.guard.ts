import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequestsInFlight } from './requests-in-flight';

declare module 'fastify' {
  interface FastifyRequest {
    /** Counts this request out. Set from the guard on, for those that are signed in. */
    endInFlight?: () => void;
  }
}

/**
 * Lets an account have so many requests in flight in one process. A guard, right behind the one that says whose the
 * request is, because what follows asks the database already (the budget of the network does). Reads count as writes do:
 * each takes a connection. Who is not signed in is not counted: there the network's budgets are the brake.
 */
@Injectable()
export class InFlightGuard implements CanActivate {
  constructor(private readonly inFlight: RequestsInFlight) {}

  /** @throws AppError `too-many-requests` */
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.principal) request.endInFlight ??= this.inFlight.begin(request.principal.userId);
    return true;
  }
}
