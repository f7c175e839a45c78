import { Injectable, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../kernel/errors/app-error';
import { AccessTokenGuard } from './access-token.guard';

declare module 'fastify' {
  interface FastifyRequest {
    /** Why an optional access token was not accepted. */
    principalRefusal?: AppError;
  }
}

/**
 * For routes that take an access token or something else: lets everybody in and keeps what was wrong with the token for
 * the moment it is needed (`PrincipalDemand`).
 */
@Injectable()
export class OptionalAccessTokenGuard extends AccessTokenGuard {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    try {
      await super.canActivate(context);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      context.switchToHttp().getRequest<FastifyRequest>().principalRefusal = error;
    }
    return true;
  }
}
