import { applyDecorators, UseGuards } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { OwnOriginGuard } from './own-origin.guard';

/**
 * For the routes that a page's form posts to; only a page of ours may. Everywhere else
 * `application/x-www-form-urlencoded` is 415: a form is what another site can post without asking.
 */
export function AcceptsForm(): MethodDecorator {
  return applyDecorators(RouteConfig({ acceptsForm: true }), UseGuards(OwnOriginGuard));
}
