import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, type Observable } from 'rxjs';
import { SealedAccounts } from './sealed-accounts.service';
import { sealedRouteOf, type SharedRoute } from './shared-paths';

/** Answers requests of this contract at the paths that it shares with another, which goes on answering its own. */
@Injectable()
export class SharedPathsInterceptor implements NestInterceptor {
  constructor(private readonly accounts: SealedAccounts) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const { method, headers, body, routeOptions } = request;
    // the route's own path, not the URL: that can spell the same path in many ways (`%6C` for `l`)
    const route = sealedRouteOf({ method, headers, body, path: routeOptions.url ?? '/' });
    return route === null ? next.handle() : from(this.answer(route, request, http.getResponse<FastifyReply>()));
  }

  private answer(route: SharedRoute, request: FastifyRequest, reply: FastifyReply): Promise<object> {
    switch (route) {
      case 'register':
        return this.accounts.postRegister(request, reply);
      case 'login':
        return this.accounts.postLogin(request, reply);
      case 'me':
        return this.accounts.getMe(request);
    }
  }
}
