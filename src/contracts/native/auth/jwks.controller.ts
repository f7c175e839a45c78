import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SigningKeys } from '../../../core/session/signing-keys.service';

@ApiTags('tokens')
@Controller()
export class JwksController {
  constructor(private readonly keys: SigningKeys) {}

  @Get(['auth/jwks', '.well-known/jwks.json'])
  @ApiOperation({ summary: 'The public keys that access tokens are checked with (RFC 7517)' })
  @ApiOkResponse({ description: 'a JWK set', content: { 'application/json': { schema: jwksSchema() } } })
  getJwks(@Res({ passthrough: true }) reply: FastifyReply): { keys: unknown[] } {
    // a cached set must not outlive the lead in which the next key is published before it signs
    reply.header('cache-control', `public, max-age=${this.keys.jwksMaxAgeSeconds}`);
    return this.keys.jwks();
  }
}

function jwksSchema() {
  return {
    type: 'object' as const,
    required: ['keys'],
    properties: { keys: { type: 'array' as const, items: { type: 'object' as const } } },
  };
}
