import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

/**
 * For the routes that take a file: their body is not read before the handler reads it, has no limit but the handler's,
 * and may take as long as bytes keep coming.
 */
export function TakesUpload(): MethodDecorator {
  return RouteConfig({ takesUpload: true });
}

export function takesUpload(request: FastifyRequest): boolean {
  return (request.routeOptions.config as { takesUpload?: boolean }).takesUpload === true;
}
