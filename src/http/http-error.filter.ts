import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { endInFlight } from './budgets/in-flight.guard';
import { ErrorResponder } from './errors/error-responder.service';

/** The one global filter: whatever is thrown anywhere leaves in a contract's shape. */
@Catch()
export class HttpErrorFilter implements ExceptionFilter {
  constructor(private readonly responder: ErrorResponder) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const [request, reply] = [http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()];
    endInFlight(request, reply);
    this.responder.respond(error, request, reply);
  }
}
