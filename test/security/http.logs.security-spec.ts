import { Body, Controller, Get, Param, Post, Query, Req } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { IsOptional } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { Logger, LoggerModule } from 'nestjs-pino';
import { QueryFailedError } from 'typeorm';
import { parseSettings } from '../../src/config/settings';
import { callerOf } from '../../src/http/caller';
import { IsSecretText } from '../../src/http/fields/is-secret-text';
import { logOptions } from '../../src/platform/logging/log-options';
import { RequestLog } from '../../src/platform/logging/request-log.service';
import { startProbe } from '../support/http-probe';

const SECRET = 'hunter2-do-not-tell';

class SecretDto {
  @IsOptional()
  @IsSecretText()
  password?: string;
}

@Controller()
class ProbeController {
  @Post('secrets/:id')
  postSecret(
    @Body() body: SecretDto,
    @Param('id') id: string,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
  ): never {
    const { deviceToken } = callerOf(request, 'probe');
    const quoting = Object.assign(new Error(`invalid input syntax for type uuid: "${SECRET}"`), { code: '22P02' });
    const driverError = Object.assign(new Error('duplicate key value', { cause: quoting }), {
      code: '23505',
      detail: `Key (email)=(${SECRET}) already exists.`,
    });
    const failed = new QueryFailedError('INSERT', [body.password, id, query, deviceToken], driverError);
    throw Object.assign(new Error('something broke', { cause: failed }), { request, body });
  }

  @Get('unavailable')
  getUnavailable(): never {
    throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', input: SECRET });
  }
}

const lines: string[] = [];
let app: NestFastifyApplication;
beforeAll(async () => {
  const destination = { write: (line: string) => void lines.push(line) };
  const settings = parseSettings({ NODE_ENV: 'test', LOG_LEVEL: 'trace' });
  app = await startProbe({
    controllers: [ProbeController],
    providers: [RequestLog],
    imports: [LoggerModule.forRoot(logOptions(settings, destination))],
  });
  app.useLogger(app.get(Logger));
});
afterAll(() => app.close());
beforeEach(() => lines.splice(0));

const headers = {
  authorization: `Bearer ${SECRET}`,
  'access-token': SECRET,
  'x-device-token': SECRET,
  cookie: `refresh_token=${SECRET}; sv_at=${SECRET}; device=${SECRET}`,
  referer: `http://localhost:3000/activate?ticket=${SECRET}`,
  'user-agent': SECRET,
};

it('a failure is told with its stack and route pattern, and nothing of the request, at the lowest level', async () => {
  const url = `/secrets/${SECRET}?ticket=${SECRET}`;
  const response = await app.inject({ method: 'POST', url, headers, payload: { password: SECRET } });
  expect(response.statusCode).toBe(500);
  const log = lines.join('');
  expect(log).toContain('something broke');
  expect(log).toContain('23505');
  expect(log).toContain('/secrets/:id');
  expect(log).toContain('http.logs.security-spec');
  expect(log).toContain(response.json<{ instance: string }>().instance.replace('urn:uuid:', ''));
  expect(log).not.toContain(SECRET);
});

it.each([
  ['an unknown path', { method: 'GET', url: `/${SECRET}?a=${SECRET}` }],
  ['a bad URL', { method: 'GET', url: `/${SECRET}/%E0%A4%A?a=${SECRET}` }],
  ['malformed JSON', { method: 'POST', url: '/secrets/1', payload: `{"password": ${SECRET}` }],
  ['an unknown field', { method: 'POST', url: '/secrets/1', payload: `{"${SECRET}": "${SECRET}"}` }],
  [
    'a media type',
    { method: 'POST', url: '/secrets/1', payload: SECRET, headers: { 'content-type': `text/${SECRET}` } },
  ],
  ['a dependency that is away', { method: 'GET', url: `/unavailable?a=${SECRET}` }],
] as const)('%s leaves nothing of the request in the log', async (_what, request) => {
  const types = { 'content-type': 'application/json' };
  const given = 'headers' in request ? request.headers : {};
  const response = await app.inject({ ...request, headers: { ...headers, ...types, ...given } });
  expect(response.statusCode).toBeGreaterThanOrEqual(400);
  // a URL that cannot be read has no line of its own
  if (response.json<{ code: string }>().code !== 'bad-url') expect(lines.join('')).toContain('"status"');
  expect(lines.join('')).not.toContain(SECRET);
});
