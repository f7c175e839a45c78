import { Controller, HttpCode, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import { startProbe } from '../support/http-probe';
import { exchange } from '../support/raw-exchange';

@Controller()
class ProbeController {
  @Post('secrets')
  @HttpCode(200)
  postSecret(): unknown {
    return {};
  }
}

let app: NestFastifyApplication;
let port = 0;
beforeAll(async () => {
  app = await startProbe({ controllers: [ProbeController] });
  await app.listen(0, '127.0.0.1');
  port = (app.getHttpServer().address() as AddressInfo).port;
});
afterAll(() => app.close());

describe('bytes that are no request', () => {
  it.each([
    ['a broken request line', 'NONSENSE\r\n\r\n', 400, 'malformed-body'],
    ['an unknown method', 'BREW / HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'malformed-body'],
    ['headers beyond measure', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 413, 'too-large'],
    [
      'two lengths',
      'POST /secrets HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
      'malformed-body',
    ],
  ])('%s is answered in the contract’s shape', async (_what, bytes, status, code) => {
    const [head = '', body = ''] = (await exchange(port, bytes)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toMatch(/content-type: application\/problem\+json/i);
    expect(head).toMatch(/connection: close/i);
    expect(JSON.parse(body)).toMatchObject({ status, code });
  });

  it('a path in the asterisk form is unknown', async () => {
    expect(await exchange(port, 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1.1 404 /,
    );
  });
});
