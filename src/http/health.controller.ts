import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Readiness } from '../platform/health/readiness.service';

type DependencyState = 'ok' | 'unavailable';

/** For whoever watches the process. Never throttled, never signed in for. */
@ApiTags('health')
@Controller()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** The process lives. Asks nothing else: a database that is away is no reason to kill the process. */
  @Get('healthz')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string', example: 'OK' } })
  live(): string {
    return 'OK';
  }

  /** The process can serve: one line a dependency. */
  @Get('readyz')
  @ApiOkResponse({ schema: { type: 'object', additionalProperties: { enum: ['ok', 'unavailable'] } } })
  @ApiServiceUnavailableResponse({ description: 'the same, with what does not answer' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Record<string, DependencyState>> {
    const { isReady, dependencies } = await this.readiness.report();
    void reply.code(isReady ? 200 : 503);
    return Object.fromEntries(
      Object.entries(dependencies).map(([name, isAnswering]) => [name, isAnswering ? 'ok' : 'unavailable']),
    );
  }
}
