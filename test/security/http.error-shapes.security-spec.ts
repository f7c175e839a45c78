import { Body, Controller, Get, HttpCode, HttpException, Param, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { IsOptional } from 'class-validator';
import type { InjectOptions } from 'fastify';
import { QueryFailedError } from 'typeorm';
import { AcceptsForm } from '../../src/http/accepts-form.decorator';
import { IsSecretText } from '../../src/http/fields/is-secret-text';
import { AppError } from '../../src/kernel/errors/app-error';
import { startProbe } from '../support/http-probe';

const SECRET = 'hunter2-do-not-tell';

class SecretDto {
  @IsOptional()
  @IsSecretText()
  password?: string;
}

@Controller()
class ProbeController {
  @Post('secrets')
  @HttpCode(200)
  postSecret(@Body() body: SecretDto): unknown {
    return { has: Object.keys(body) };
  }

  @Get('things/:id')
  getThing(@Param('id') id: string): unknown {
    return { id };
  }

  @Post('form')
  @HttpCode(200)
  @AcceptsForm()
  postForm(@Body() body: unknown): unknown {
    return body;
  }

  @Get('failures/:kind')
  fail(@Param('kind') kind: string): never {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- libraries throw what they like
    throw failures[kind]?.() ?? new Error(`no such failure, but ${SECRET}`);
  }
}

const failures: Record<string, () => unknown> = {
  plain: () => new Error(SECRET),
  nothing: () => undefined,
  text: () => SECRET,
  nest: () => new HttpException({ statusCode: 418, message: SECRET }, 418),
  library: () => Object.assign(new Error(SECRET), { statusCode: 400 }),
  query: () => new QueryFailedError('SELECT 1', [SECRET], Object.assign(new Error(SECRET), { code: '22P02' })),
  database: () => Object.assign(new Error(SECRET), { code: 'ECONNREFUSED' }),
  busy: () => new AppError('busy', { retryAfterSeconds: 2.2, cause: new Error(SECRET) }),
  token: () => new AppError('invalid-token', { cause: new Error(SECRET) }),
};

let app: NestFastifyApplication;
beforeAll(async () => {
  app = await startProbe({ controllers: [ProbeController] });
});
afterAll(() => app.close());

async function problem(request: InjectOptions) {
  const response = await app.inject(request);
  expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(response.headers['cache-control']).toBe('no-store');
  expect(response.headers['content-security-policy']).toContain("default-src 'none'");
  expect(response.headers['x-content-type-options']).toBe('nosniff');
  expect(response.headers['referrer-policy']).toBe('no-referrer');
  expect(response.body).not.toContain(SECRET);
  expect(response.body).not.toMatch(/FST_|Nest|fastify|node_modules|stack|statusCode/i);
  const body = response.json<Record<string, unknown>>();
  expect(body['status']).toBe(response.statusCode);
  expect(body['type']).toBe(`http://localhost:3000/problems/${String(body['code'])}`);
  expect(body['instance']).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
  return { status: response.statusCode, code: body['code'], headers: response.headers, body };
}

const JSON_TYPE = { 'content-type': 'application/json' };

describe('what the framework refuses leaves in the contract’s shape', () => {
  it.each<[string, InjectOptions, number, string]>([
    ['an unknown path', { url: `/nowhere?token=${SECRET}` }, 404, 'not-found'],
    [
      'an unknown path with a body of an unknown kind',
      { method: 'POST', url: '/nowhere', headers: { 'content-type': 'text/xml' }, payload: '<a/>' },
      404,
      'not-found',
    ],
    ['a method the route has not', { method: 'PUT', url: '/secrets', payload: {} }, 404, 'not-found'],
    ['a method nobody has', { method: 'PROPFIND' as 'GET', url: '/secrets' }, 404, 'not-found'],
    ['OPTIONS that is no preflight', { method: 'OPTIONS', url: '/secrets' }, 404, 'not-found'],
    [
      'malformed JSON',
      { method: 'POST', url: '/secrets', headers: JSON_TYPE, payload: `{"password": ${SECRET}` },
      400,
      'malformed-body',
    ],
    [
      'bytes that are no UTF-8',
      { method: 'POST', url: '/secrets', headers: JSON_TYPE, payload: Buffer.from([0x22, 0xff, 0x22]) },
      400,
      'malformed-body',
    ],
    [
      'a poisoned prototype',
      { method: 'POST', url: '/secrets', headers: JSON_TYPE, payload: '{"__proto__": {"password": "x"}}' },
      400,
      'malformed-body',
    ],
    [
      'a poisoned constructor',
      { method: 'POST', url: '/secrets', headers: JSON_TYPE, payload: '{"a": [{"constructor": {"prototype": 1}}]}' },
      400,
      'malformed-body',
    ],
    [
      'a body without end',
      {
        method: 'POST',
        url: '/secrets',
        headers: JSON_TYPE,
        payload: `{"password":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
      },
      400,
      'malformed-body',
    ],
    [
      'a body that is no object',
      { method: 'POST', url: '/secrets', headers: JSON_TYPE, payload: '["password"]' },
      400,
      'validation',
    ],
    [
      'a body that is null',
      { method: 'POST', url: '/secrets', headers: JSON_TYPE, payload: 'null' },
      400,
      'validation',
    ],
    [
      'more than 64 KiB',
      {
        method: 'POST',
        url: '/secrets',
        headers: JSON_TYPE,
        payload: JSON.stringify({ password: 'x'.repeat(65_536) }),
      },
      413,
      'too-large',
    ],
    [
      'XML',
      { method: 'POST', url: '/secrets', headers: { 'content-type': 'text/xml' }, payload: '<a/>' },
      415,
      'unsupported-media-type',
    ],
    [
      'plain text',
      { method: 'POST', url: '/secrets', headers: { 'content-type': 'text/plain' }, payload: '{}' },
      415,
      'unsupported-media-type',
    ],
    [
      'a form outside of pages',
      {
        method: 'POST',
        url: '/secrets',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: 'password=x',
      },
      415,
      'unsupported-media-type',
    ],
    [
      'a broken content type',
      { method: 'POST', url: '/secrets', headers: { 'content-type': '//' }, payload: '{}' },
      415,
      'unsupported-media-type',
    ],
    [
      'a form with a poisoned prototype',
      {
        method: 'POST',
        url: '/form',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: '__proto__=x',
      },
      400,
      'malformed-body',
    ],
    ['a URL that cannot be decoded', { url: '/things/%E0%A4%A' }, 400, 'bad-url'],
    ['a path parameter beyond measure', { url: `/things/${'x'.repeat(8200)}` }, 400, 'bad-url'],
    ['an empty path parameter', { url: '/things/' }, 404, 'not-found'],
  ])('%s', async (_what, request, status, code) => {
    expect(await problem(request)).toMatchObject({ status, code });
  });

  it.each([
    ['plain', 500, 'internal'],
    ['nothing', 500, 'internal'],
    ['text', 500, 'internal'],
    ['unheard-of', 500, 'internal'],
    ['nest', 400, 'malformed-body'],
    ['library', 500, 'internal'],
    ['query', 500, 'internal'],
    ['database', 503, 'unavailable'],
    ['busy', 503, 'busy'],
    ['token', 401, 'invalid-token'],
  ])('an error of kind %s thrown by a route', async (kind, status, code) => {
    expect(await problem({ url: `/failures/${kind}` })).toMatchObject({ status, code });
  });

  it('Retry-After is whole seconds, and there whenever a retry makes sense', async () => {
    expect((await problem({ url: '/failures/busy' })).headers['retry-after']).toBe('3');
    expect((await problem({ url: '/failures/database' })).headers['retry-after']).toBe('2');
    expect((await problem({ url: '/failures/plain' })).headers['retry-after']).toBeUndefined();
  });

  it('every 401 has a challenge, which names the error only to who sent a token', async () => {
    const url = '/failures/token';
    expect((await problem({ url })).headers['www-authenticate']).toBe('Bearer realm="latchkey"');
    const { headers } = await problem({ url, headers: { authorization: 'Bearer x' } });
    expect(headers['www-authenticate']).toBe('Bearer realm="latchkey", error="invalid_token"');
  });

  it('faults name the field and never the value', async () => {
    const payload = { password: 7, [SECRET.slice(0, 7)]: SECRET, deep: { secret: SECRET } };
    const { body } = await problem({ method: 'POST', url: '/secrets', payload });
    expect(body['errors']).toEqual([
      { field: 'hunter2', message: 'is not known here' },
      { field: 'deep', message: 'is not known here' },
      { field: 'password', message: 'must be text of 1 to 1024 characters' },
    ]);
  });
});

describe('what is not an error', () => {
  it.each([
    ['no body at all', {}],
    ['an empty body under a JSON content type', { headers: JSON_TYPE, payload: '' }],
    ['blanks under a JSON content type', { headers: JSON_TYPE, payload: ' \r\n' }],
  ])('%s is no body', async (_what, part) => {
    const response = await app.inject({ method: 'POST', url: '/secrets', ...part });
    expect([response.statusCode, response.json()]).toEqual([200, { has: [] }]);
  });

  it('a trailing slash', async () => {
    expect((await app.inject({ method: 'POST', url: '/secrets/' })).statusCode).toBe(200);
  });

  it('HEAD of what can be got', async () => {
    const response = await app.inject({ method: 'HEAD', url: '/things/1' });
    expect([response.statusCode, response.body]).toEqual([200, '']);
    expect((await app.inject({ method: 'HEAD', url: '/nowhere' })).statusCode).toBe(404);
  });

  it('a form on a page', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await app.inject({ method: 'POST', url: '/form', headers, payload: 'a=1&b=%C3%A9+x&a=2' });
    expect(response.json()).toEqual({ a: '2', b: 'é x' });
  });
});
