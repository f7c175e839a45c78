import { RouteConfig } from '@nestjs/platform-fastify';

/**
 * For the routes that a page's form posts to. Everywhere else `application/x-www-form-urlencoded` is 415: a form is
 * what another site can post without asking.
 */
export function AcceptsForm(): MethodDecorator {
  return RouteConfig({ acceptsForm: true });
}
