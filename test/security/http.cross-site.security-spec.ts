import { Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf } from '../../src/http/caller';
import { CookieJar } from '../../src/http/cookie-jar';
import { startProbe } from '../support/http-probe';

@Controller()
class ProbeController {
  constructor(private readonly cookies: CookieJar) {}

  @Post('refresh')
  @HttpCode(200)
  postRefresh(@Req() request: FastifyRequest): unknown {
    return { token: this.cookies.refreshToken(request) };
  }

  @Get('device')
  getDevice(@Req() request: FastifyRequest): unknown {
    return { token: callerOf(request, 'probe').deviceToken };
  }

  @Post('device')
  @HttpCode(200)
  postDevice(@Req() request: FastifyRequest): unknown {
    return { token: callerOf(request, 'probe').deviceToken };
  }

  @Post('cookies')
  postCookies(@Res({ passthrough: true }) reply: FastifyReply): void {
    this.cookies.setRefreshToken(reply, 'r.e.f', 60);
    this.cookies.setDevice(reply, 'd.e.v');
  }

  @Delete('cookies')
  deleteCookies(@Res({ passthrough: true }) reply: FastifyReply): void {
    this.cookies.clearSession(reply);
    this.cookies.clearDevice(reply);
  }
}

const PUBLIC_URL = 'https://id.example.org';
const CLIENT = 'https://app.example.net';

let app: NestFastifyApplication;
beforeAll(async () => {
  app = await startProbe({
    controllers: [ProbeController],
    environment: {
      PUBLIC_URL,
      CORS_ORIGINS: CLIENT,
      TRUST_PROXY: 'none',
      SMTP_URL: 'smtp://localhost',
    },
  });
});
afterAll(() => app.close());

const COOKIES = { cookie: 'refresh_token=abc; __Host-device=def' };

describe('a credential that came by cookie, on a write', () => {
  it.each<[string, Record<string, string>]>([
    ['from our own origin', { origin: PUBLIC_URL }],
    ['from an origin of CORS_ORIGINS', { origin: CLIENT, 'sec-fetch-site': 'cross-site' }],
    ['from no browser', {}],
    ['without Origin, from the same origin', { 'sec-fetch-site': 'same-origin' }],
    ['without Origin, by the user himself', { 'sec-fetch-site': 'none' }],
  ])('counts %s', async (_what, headers) => {
    for (const [url, token] of [
      ['/refresh', 'abc'],
      ['/device', 'def'],
    ] as const) {
      const response = await app.inject({ method: 'POST', url, headers: { ...COOKIES, ...headers } });
      expect([response.statusCode, response.json()]).toEqual([200, { token }]);
    }
  });

  it.each<[string, Record<string, string>]>([
    ['another origin', { origin: 'https://evil.example.com' }],
    ['a sibling host', { origin: 'https://www.example.org', 'sec-fetch-site': 'same-site' }],
    ['our host by another scheme', { origin: 'http://id.example.org' }],
    ['our host by another port', { origin: 'https://id.example.org:8443' }],
    ['an origin that begins like ours', { origin: 'https://id.example.org.evil.com' }],
    ['a page that hides its origin', { origin: 'null', 'sec-fetch-site': 'same-origin' }],
    ['another site, without Origin', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling host, without Origin', { 'sec-fetch-site': 'same-site' }],
    ['a fetch site nobody knows', { 'sec-fetch-site': 'same-origin, cross-site' }],
  ])('is refused from %s', async (_what, headers) => {
    for (const url of ['/refresh', '/device']) {
      const response = await app.inject({ method: 'POST', url, headers: { ...COOKIES, ...headers } });
      expect([response.statusCode, response.json<{ code: string }>().code]).toEqual([403, 'cross-site']);
    }
  });

  it('is no matter where there is no such cookie', async () => {
    const headers = { origin: 'https://evil.example.com' };
    const response = await app.inject({ method: 'POST', url: '/refresh', headers });
    expect([response.statusCode, response.json()]).toEqual([200, { token: null }]);
  });

  it('is no matter where a header carries the device token', async () => {
    const headers = { ...COOKIES, origin: 'https://evil.example.com', 'x-device-token': 'ghi' };
    expect((await app.inject({ method: 'POST', url: '/device', headers })).json()).toEqual({ token: 'ghi' });
  });
});

it('reading is not writing: a link from elsewhere may bring the cookie', async () => {
  const headers = { ...COOKIES, 'sec-fetch-site': 'cross-site' };
  expect((await app.inject({ url: '/device', headers })).json()).toEqual({ token: 'def' });
});

it('under https a device token counts only from the cookie no sibling host can plant', async () => {
  const headers = { cookie: 'device=planted' };
  expect((await app.inject({ url: '/device', headers })).json()).toEqual({ token: null });
});

it('cookies are HttpOnly, Lax, for the whole host and nobody else, and Secure under https', async () => {
  const response = await app.inject({ method: 'POST', url: '/cookies' });
  expect(response.headers['set-cookie']).toEqual([
    'refresh_token=r.e.f; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax',
    '__Host-device=d.e.v; Max-Age=31536000; Path=/; HttpOnly; Secure; SameSite=Lax',
  ]);
});

it('ending a session clears the cookies of every contract', async () => {
  const response = await app.inject({ method: 'DELETE', url: '/cookies' });
  expect(response.cookies.map(({ name, value, maxAge }) => [name, value, maxAge])).toEqual([
    ['refresh_token', '', 0],
    ['sv_at', '', 0],
    ['sv_rt', '', 0],
    ['__Host-device', '', 0],
  ]);
});

describe('CORS', () => {
  const preflight = (origin: string) =>
    app.inject({
      method: 'OPTIONS',
      url: '/refresh',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-evil' },
    });

  it('lets the named origins in, with credentials', async () => {
    const { statusCode, headers } = await preflight(CLIENT);
    expect(statusCode).toBe(204);
    expect(headers['access-control-allow-origin']).toBe(CLIENT);
    expect(headers['access-control-allow-credentials']).toBe('true');
    expect(headers['access-control-allow-headers']).toContain('X-Device-Token');
    expect(headers['access-control-allow-headers']).not.toContain('x-evil');
    expect(headers['vary']).toContain('Origin');
  });

  it('exposes what clients must read, on errors too', async () => {
    const { headers } = await app.inject({ url: '/nowhere', headers: { origin: CLIENT } });
    expect(headers['access-control-allow-origin']).toBe(CLIENT);
    for (const name of ['X-Device-Token', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'WWW-Authenticate']) {
      expect(headers['access-control-expose-headers']).toContain(name);
    }
  });

  it.each(['https://evil.example.com', 'null', `${CLIENT}.evil.com`, 'http://app.example.net', ''])(
    'tells the unknown origin %p nothing',
    async (origin) => {
      const answers = [await preflight(origin), await app.inject({ url: '/device', headers: { origin } })];
      for (const { headers } of answers) {
        expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
        expect(headers['vary']).toContain('Origin');
      }
      expect(answers[0]?.statusCode).toBe(404);
    },
  );
});

it('https is remembered by browsers', async () => {
  expect((await app.inject('/device')).headers['strict-transport-security']).toBe('max-age=31536000');
  // the bad URL never reaches the hooks that set headers
  expect((await app.inject('/%E0%A4%A')).headers['strict-transport-security']).toBe('max-age=31536000');
});
