import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { finalize, type Observable } from 'rxjs';
import { endInFlight } from './in-flight.guard';

/**
 * Counts a request out when its work is done and its answer gone. What a later guard refuses never gets here: the error filter counts it out.
 * That the caller has gone is no reason to: what was begun goes on in the database, and who hangs up at once would have as
 * many requests at work as he likes. The work ends by the timeouts of the database at the latest.
 */
@Injectable()
export class InFlightInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const [request, reply] = [http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()];
    return next.handle().pipe(
      finalize(() => {
        endInFlight(request, reply);
      }),
    );
  }
}
