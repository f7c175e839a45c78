import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AcceptsForm } from '../../src/http/accepts-form.decorator';
import { IgnoresUnknownFields } from '../../src/http/fields/ignores-unknown-fields.decorator';
import { IsSecretText } from '../../src/http/fields/is-secret-text';
import { startProbe } from '../support/http-probe';
import { problemOf } from '../support/problem';

@IgnoresUnknownFields()
class SecretDto {
  @IsSecretText()
  password!: string;
}

@Controller()
class ProbeController {
  @Post('secrets')
  @HttpCode(204)
  postSecret(@Body() body: SecretDto): void {
    expect(Object.keys(body)).toEqual(['password']);
  }

  @Post('form')
  @HttpCode(204)
  @AcceptsForm()
  postForm(@Body() body: unknown): void {
    expect(body).toBeDefined();
  }
}

let app: NestFastifyApplication;
beforeAll(async () => {
  app = await startProbe({ controllers: [ProbeController] });
});
afterAll(() => app.close());

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const fields = (count: number): object => Object.fromEntries(numbers(count).map((name) => [`f${String(name)}`, name]));
const nested = (depth: number): unknown => (depth === 0 ? 'the innermost' : [nested(depth - 1)]);
const password = 'x';

const post = (body: object) => app.inject({ method: 'POST', url: '/secrets', payload: { password, ...body } });
const postForm = (count: number) =>
  app.inject({
    method: 'POST',
    url: '/form',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'a=1&'.repeat(count),
  });

describe('what bodies may be', () => {
  it.each<[string, object]>([
    ['256 fields', fields(255)],
    ['256 values, at every depth together', { a: numbers(126), b: [{ c: numbers(125) }] }],
    ['values nested ten deep', { a: nested(9) }],
  ])('%s', async (_what, body) => {
    expect((await post(body)).statusCode).toBe(204);
  });

  it('a form of 256 fields', async () => {
    expect((await postForm(256)).statusCode).toBe(204);
  });
});

describe('what is more is not even validated', () => {
  it.each<[string, object]>([
    ['257 fields', fields(256)],
    ['257 values, at every depth together', { a: numbers(126), b: [{ c: numbers(126) }] }],
    ['values nested eleven deep', { a: nested(10) }],
    ['64 KiB of fields', Object.fromEntries(numbers(7000).map((name) => [name, 1]))],
    ['64 KiB of items', { password: numbers(12_000) }],
  ])('%s', async (_what, body) => {
    expect(problemOf(await post(body))).toEqual({ status: 400, code: 'malformed-body' });
  });

  it('a form of 257 fields', async () => {
    expect(problemOf(await postForm(257))).toEqual({ status: 400, code: 'malformed-body' });
  });
});
