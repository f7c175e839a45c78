import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { callerOf } from '../../src/http/caller';
import type { Caller } from '../../src/kernel/principal';
import { startProbe } from '../support/http-probe';

@Controller()
class ProbeController {
  @Get('caller')
  getCaller(@Req() request: FastifyRequest): Caller {
    return callerOf(request, 'probe');
  }
}

async function callerWith(trustProxy: string, remoteAddress: string, forwardedFor: string): Promise<Caller> {
  const app = await startProbe({ controllers: [ProbeController], environment: { TRUST_PROXY: trustProxy } });
  try {
    const headers = {
      'x-forwarded-for': forwardedFor,
      'x-real-ip': '203.0.113.99',
      forwarded: 'for=203.0.113.98',
      'user-agent': 'u'.repeat(5000),
      'x-request-id': 'chosen-by-the-caller',
      'request-id': 'chosen-by-the-caller',
    };
    const response = await app.inject({ url: '/caller', remoteAddress, headers });
    return response.json<Caller>();
  } finally {
    await app.close();
  }
}

describe('the caller’s address', () => {
  it.each([
    ['none', '192.0.2.1', '203.0.113.5', '192.0.2.1'],
    ['', '192.0.2.1', '203.0.113.5', '192.0.2.1'],
    ['0', '192.0.2.1', '203.0.113.5', '192.0.2.1'],
    ['1', '192.0.2.1', '198.51.100.1, 203.0.113.5', '203.0.113.5'],
    ['2', '192.0.2.1', '198.51.100.1, 203.0.113.5', '198.51.100.1'],
    ['192.0.2.0/24', '192.0.2.1', '198.51.100.1, 203.0.113.5', '203.0.113.5'],
    ['192.0.2.0/24', '198.51.100.77', '203.0.113.5', '198.51.100.77'],
    ['loopback', '127.0.0.1', '203.0.113.5', '203.0.113.5'],
    ['1', '192.0.2.1', 'unknown', '192.0.2.1'],
    ['1', '192.0.2.1', "203.0.113.5'; DROP TABLE users", '192.0.2.1'],
    ['1', '192.0.2.1', '::ffff:203.0.113.5', '203.0.113.5'],
  ])('with TRUST_PROXY=%s, from %s, forwarded for %s, is %s', async (trustProxy, peer, forwardedFor, ip) => {
    expect(await callerWith(trustProxy, peer, forwardedFor)).toMatchObject({ ip, network: ip });
  });

  it('counts an IPv6 address as its /64', async () => {
    expect(await callerWith('none', '2001:db8::1234', '')).toMatchObject({ network: '2001:db8::/64' });
  });
});

it('the request’s id is ours, and a user agent has an end', async () => {
  const { requestId, userAgent, contract, deviceToken } = await callerWith('none', '192.0.2.1', '');
  expect(requestId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(userAgent).toHaveLength(512);
  expect([contract, deviceToken]).toEqual(['probe', null]);
});
