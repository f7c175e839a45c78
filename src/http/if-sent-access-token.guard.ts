import { Injectable, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AccessTokenGuard } from './access-token.guard';
import { accessTokenOf } from './auth/access-token.source';

/** For routes that anybody may call, where it matters who does: an access token need not come, but must be good if it does. */
@Injectable()
export class IfSentAccessTokenGuard extends AccessTokenGuard {
  /** @throws AppError `invalid-token`, `session-ended`, `cross-site`, `unavailable` */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const isSent = accessTokenOf(context.switchToHttp().getRequest<FastifyRequest>()) !== null;
    return isSent ? super.canActivate(context) : true;
  }
}
