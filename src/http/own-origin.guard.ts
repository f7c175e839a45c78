import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { demandOwnOrigin } from './cross-site.policy';

/** Only from pages of ours, whether or not a cookie came along: SameSite keeps ours off what other sites post. */
@Injectable()
export class OwnOriginGuard implements CanActivate {
  /** @throws AppError `cross-site` */
  canActivate(context: ExecutionContext): boolean {
    demandOwnOrigin(context.switchToHttp().getRequest<FastifyRequest>());
    return true;
  }
}
