import { connect } from 'node:net';
import { eventually } from '../support/eventually';
import { startOddService } from '../support/odd-input/odd-suite';
import type { Shape } from '../support/odd-input/refusals';
import { Wire } from '../support/odd-input/wire';

let started: Awaited<ReturnType<typeof startOddService>>;
let wire: Wire;
beforeAll(async () => {
  started = await startOddService();
  wire = await Wire.to(started.service);
});
afterAll(() => started.service.close());

/** A route of each contract that takes a body. */
const ROUTES: readonly (readonly [Shape, string])[] = [
  ['native', '/auth/login'],
  ['sealed', '/auth/forget-password'],
  ['vault', '/api/auth/login'],
  ['claims', '/api/v1/login'],
  ['lumina', '/api/v1/auth/login'],
];

const halfOf = (target: string) =>
  `POST ${target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"email"`;

describe.each(ROUTES)('%s', (shape, target) => {
  it('who stops speaking in the midst of a body is told so in its shape', async () => {
    expect(await wire.statusOfBytes(halfOf(target), shape, { isCutShort: true })).toBe(400);
  });

  it('so is who sends headers beyond measure', async () => {
    expect(await wire.statusOf({ target, headers: [`X: ${'x'.repeat(20_000)}`] }, shape)).toBe(413);
  });

  it('or chunks that are none', async () => {
    const headers = ['Content-Type: application/json', 'Transfer-Encoding: chunked'];
    expect(await wire.statusOf({ method: 'POST', target, headers, body: 'zz\r\n' }, shape)).toBe(400);
  });

  it('or names no host, or two', async () => {
    for (const hosts of ['', 'Host: localhost\r\nHost: evil.example\r\n', 'Host: a\r\nhost: a\r\n']) {
      const bytes = `POST ${target} HTTP/1.1\r\n${hosts}Connection: close\r\n\r\n`;
      expect([hosts, await wire.statusOfBytes(bytes, shape)]).toEqual([hosts, 400]);
    }
  });

  it('what is expected besides the continuation is ignored', async () => {
    const headers = ['Content-Type: application/json', 'Expect: the-unexpected'];
    const status = await wire.statusOf({ method: 'POST', target, headers, body: '{}' }, shape);
    expect(status).toBe(shape === 'lumina' ? 422 : 400);
  });
});

it('HTTP/1.0 knows no host', async () => {
  expect(await wire.statusOfBytes('GET /healthz HTTP/1.0\r\n\r\n', 'native')).toBe(200);
});

it('who hangs up in the midst of a body is no failure of the database', async () => {
  const { port } = wire;
  for (const [, target] of ROUTES) {
    const socket = connect(port, '127.0.0.1');
    await new Promise<void>((resolve) => socket.write(halfOf(target), () => resolve()));
    // the body is being waited for
    await eventually(async () => expect(await openConnections()).toBe(1));
    socket.resetAndDestroy();
    await eventually(async () => expect(await openConnections()).toBe(0));
  }
  expect(started.log.lines).toEqual([]);
});

function openConnections(): Promise<number> {
  return new Promise((resolve, reject) => {
    started.service.app.getHttpServer().getConnections((error: Error | null, count: number) => {
      if (error) reject(error);
      else resolve(count);
    });
  });
}
