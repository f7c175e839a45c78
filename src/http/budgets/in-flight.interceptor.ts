import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { finalize, type Observable } from 'rxjs';

/**
 * Counts a request out when its work is done. What a later guard refuses never gets here: the error filter counts it out.
 * That the caller has gone is no reason to: what was begun goes on in the database, and who hangs up at once would have as
 * many requests at work as he likes. The work ends by the timeouts of the database at the latest.
 */
@Injectable()
export class InFlightInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return next.handle().pipe(finalize(() => request.endInFlight?.()));
  }
}
