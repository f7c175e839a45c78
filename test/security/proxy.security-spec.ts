import type { Response } from 'light-my-request';
import { startTestApp, type TestApp } from '../support/test-app';

const LIMIT = 3;
const PROXY = '192.0.2.10';

/**
 * Whose budget a request is charged to is what a forwarding header must not decide unless a proxy of ours wrote it: who
 * may choose his address is never limited, and can spend the budget of anybody else.
 */
describe('the network that a request is charged to', () => {
  let service: TestApp;
  afterEach(() => service.close());

  const start = async (trustProxy: string): Promise<void> => {
    service = await startTestApp({ environment: { TRUST_PROXY: trustProxy, THROTTLE_LIMIT: String(LIMIT) } });
  };

  function ask(remoteAddress: string, forwardedFor?: string, others: Record<string, string> = {}): Promise<Response> {
    const headers = { ...others, ...(forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }) };
    return service.inject({
      method: 'POST',
      url: '/auth/change-password/request',
      payload: { email: 'ada@example.org' },
      remoteAddress,
      headers,
    });
  }

  const spend = async (remoteAddress: string, forwardedFor?: string): Promise<void> => {
    for (let n = 0; n < LIMIT; n += 1) expect((await ask(remoteAddress, forwardedFor)).statusCode).toBe(204);
  };

  it.each(['', 'none', '0'])('is the peer’s own, whatever it claims, with TRUST_PROXY=%s', async (trustProxy) => {
    await start(trustProxy);
    for (let n = 0; n < LIMIT; n += 1) expect((await ask(PROXY, `203.0.113.${n}`)).statusCode).toBe(204);
    const claims = {
      'x-real-ip': '203.0.113.77',
      forwarded: 'for=203.0.113.77',
      'x-client-ip': '203.0.113.77',
      'true-client-ip': '203.0.113.77',
      'cf-connecting-ip': '203.0.113.77',
    };
    expect((await ask(PROXY, '203.0.113.77', claims)).statusCode).toBe(429);
    // nor can anybody spend what is another's
    expect((await ask('203.0.113.1')).statusCode).toBe(204);
  });

  it('is the one that the last proxy saw, with one hop', async () => {
    await start('1');
    await spend(PROXY, '203.0.113.5');
    expect((await ask(PROXY, '203.0.113.5')).statusCode).toBe(429);
    expect((await ask(PROXY, '203.0.113.6')).statusCode).toBe(204);
    // what the caller wrote himself stands further left
    expect((await ask(PROXY, '198.51.100.1, 203.0.113.5')).statusCode).toBe(429);
    expect((await ask(PROXY, '203.0.113.6, 198.51.100.1, 203.0.113.5')).statusCode).toBe(429);
  });

  it('is the one before both proxies, with two hops', async () => {
    await start('2');
    await spend(PROXY, '203.0.113.5, 198.51.100.1');
    expect((await ask(PROXY, '203.0.113.5, 198.51.100.2')).statusCode).toBe(429);
    expect((await ask(PROXY, '198.51.100.77, 203.0.113.5, 198.51.100.1')).statusCode).toBe(429);
    expect((await ask(PROXY, '203.0.113.6, 198.51.100.1')).statusCode).toBe(204);
  });

  it('is told by the proxies that are listed, and by nobody else', async () => {
    await start(`${PROXY},10.0.0.0/8`);
    await spend(PROXY, '203.0.113.5');
    expect((await ask(PROXY, '203.0.113.5')).statusCode).toBe(429);
    expect((await ask('10.20.30.40', '203.0.113.5, 10.1.1.1')).statusCode).toBe(429);
    expect((await ask('203.0.113.5', '203.0.113.99')).statusCode).toBe(429);
    await spend('192.0.2.11', '203.0.113.9');
    expect((await ask('192.0.2.11', '203.0.113.10')).statusCode).toBe(429);
    expect((await ask(PROXY, '203.0.113.9')).statusCode).toBe(204);
  });

  it('is the proxy’s own when it forwards something that is no address', async () => {
    await start('1');
    await spend(PROXY, 'unknown');
    expect((await ask(PROXY, '_hidden')).statusCode).toBe(429);
    expect((await ask(PROXY, "203.0.113.5'; DROP TABLE users; --")).statusCode).toBe(429);
    expect((await ask(PROXY)).statusCode).toBe(429);
  });
});
