import { Injectable, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AccessTokenGuard } from './access-token.guard';
import { accessTokenOf } from './auth/access-token.source';
import { forgetSpentCookie } from './auth/spent-cookie';

/** For routes that anybody may call, where it matters who does: an access token need not come, but must be good if it does. */
@Injectable()
export class IfSentAccessTokenGuard extends AccessTokenGuard {
  /** @throws AppError `invalid-token`, `session-ended` (both of a token in a header), `cross-site`, `unavailable` */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (accessTokenOf(request) === null) return true;
    try {
      return await super.canActivate(context);
    } catch (error) {
      forgetSpentCookie(request, error);
      return true;
    }
  }
}
