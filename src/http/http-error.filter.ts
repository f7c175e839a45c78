import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ErrorResponder } from './errors/error-responder.service';

/** The one global filter: whatever is thrown anywhere leaves in a contract's shape. */
@Catch()
export class HttpErrorFilter implements ExceptionFilter {
  constructor(private readonly responder: ErrorResponder) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    request.endInFlight?.();
    this.responder.respond(error, request, http.getResponse<FastifyReply>());
  }
}
