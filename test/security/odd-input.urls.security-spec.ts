import { full } from '../support/full';
import { expectUnharmed, startOddService } from '../support/odd-input/odd-suite';
import type { Shape } from '../support/odd-input/refusals';
import { sealedProblemOf } from '../support/sealed';
import { Wire } from '../support/odd-input/wire';

type Started = Awaited<ReturnType<typeof startOddService>>;

let started: Started;
let wire: Wire;
beforeAll(async () => {
  started = await startOddService({ LEGACY_SPELLINGS: 'true' });
  wire = await Wire.to(started.service);
});
afterAll(() => started.service.close());

/** Whose errors are answered below each prefix. */
const PREFIXES: readonly (readonly [string, Shape])[] = [
  ['', 'native'],
  ['/auth', 'native'],
  ['/auth/login', 'native'],
  ['/auth/sessions', 'native'],
  ['/user/me', 'native'],
  ['/admin/locks', 'native'],
  ['/healthz', 'native'],
  ['/problems', 'native'],
  ['/docs', 'native'],
  ['/assets', 'native'],
  ['/dev/mailbox', 'native'],
  ['/activate', 'page'],
  ['/reset-password', 'page'],
  ['/auth/activate', 'native'],
  ['/auth/token/refresh', 'native'],
  ['/auth/key', 'sealed'],
  ['/auth/validate-otp', 'sealed'],
  ['/auth/refresh-token', 'sealed'],
  ['/api/auth', 'vault'],
  ['/api/auth/login', 'vault'],
  ['/api/user/identifier', 'vault'],
  ['/api/v1', 'claims'],
  ['/api/v1/verify', 'claims'],
  ['/api/v1/password-reset-confirm', 'claims'],
  ['/api/v1/auth', 'lumina'],
  ['/api/v1/auth/login', 'lumina'],
];

/** Every day only one in some at each prefix, by turns. */
const EVERY = full(4, 1);

const ODD_ENDS: readonly string[] = [
  ...['/%', '/%z', '/%zz', '/%E0%A4%A', '/%00', '/%c0%af', '/%ff', '/%ed%a0%80', '/%25252e', '/%0d%0aX:%201', '/%5c..'],
  ...[
    '/..',
    '/../..',
    '/./',
    '/%2e%2e/%2e%2e/etc/passwd',
    '//',
    '///x//',
    '/;x',
    '/;/',
    '/*',
    '/:id',
    '/{id}',
    '/\\..\\',
  ],
  ...['/__proto__', '/constructor', '/prototype/x', '/toString', '/null', '/NaN', '/-1', '/%7Bid%7D', '/%F0%9F%94%91'],
  ...[
    `/${'x'.repeat(600)}`,
    `/${'x'.repeat(8000)}`,
    `/${'a/'.repeat(2000)}`,
    `/${'%41'.repeat(2000)}`,
    '/\xff\xfe',
    '/\xc3\xa9',
  ],
  ...[
    '?',
    '?%zz',
    '?%ff',
    '?a[b]=1',
    '?a[]=1&a[]=2',
    '?__proto__=1',
    '?__proto__[x]=1',
    '?constructor=1',
    '?=&=&&',
    '?a=%00',
  ],
  ...[
    '?ticket=%00',
    '?ticket=a&ticket=b',
    '?ticket[]=1',
    '?token=%00',
    '?token=%ff&token=',
    '?refresh_token=%00',
    '?to=%00',
  ],
  ...[
    `?${'a=1&'.repeat(2000)}`,
    `?ticket=${'x'.repeat(8000)}`,
    '?sendEmail=maybe',
    '#fragment',
    '?a#b?c',
    '?\xff',
    '/x?%u0041',
  ],
];

describe.each(PREFIXES.map((pair, place) => [...pair, place] as const))(
  'odd URLs below "%s"',
  (prefix, shape, place) => {
    it(`are answered, if refused in ${shape}’s shape`, async () => {
      for (const end of ODD_ENDS.filter((_, index) => index % EVERY === place % EVERY)) {
        const target = `${prefix}${end}` || '/';
        for (const method of ['GET', 'POST']) {
          const url = target.startsWith('/') ? target : `/${target}`;
          const status = await wire.statusOf({ method, target: url }, shape);
          expect([url, status >= 200 && status < 500]).toEqual([url, true]);
        }
      }
    }, 120_000);

    it('and odd methods', async () => {
      const target = prefix || '/';
      for (const method of [
        'PUT',
        'TRACE',
        'PROPFIND',
        'SEARCH',
        'QUERY',
        'M-SEARCH',
        'OPTIONS',
        'HEAD',
        'LINK',
        'SOURCE',
      ]) {
        const status = await wire.statusOf({ method, target }, shape);
        expect([method, status >= 200 && status < 500]).toEqual([method, true]);
      }
      for (const method of ['BREW', 'get', 'G\xc9T', 'POST\0']) {
        expect([method, await wire.statusOf({ method, target }, shape)]).toEqual([method, 400]);
      }
    });
  },
);

describe('request lines that are none', () => {
  it.each([
    'GET http://localhost/auth/login',
    'GET https://evil.example/user/me',
    'GET //evil.example/user/me',
    'GET localhost',
    'GET *',
    'OPTIONS *',
    'GET ?',
    'GET #',
    'GET \xff',
    'GET /a b',
    'GET /a\tb',
    'GET /\0',
    'GET /%00\0',
    'GET',
    '',
    ' GET /',
  ])('%j', async (line) => {
    const bytes = `${line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
    const status = await wire.statusOfBytes(bytes, 'native');
    expect(status >= 200 && status < 500).toBe(true);
  });

  it.each(['HTTP/0.9', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/9.9', 'HTTP/1.1.1', 'HTCPCP/1.0', 'PRI'])(
    'of %s',
    async (version) => {
      const bytes = `GET /user/me ${version}\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
      const status = await wire.statusOfBytes(bytes, 'native');
      expect([400, 401]).toContain(status);
    },
  );

  it('a tunnel is not dug, and not left open', async () => {
    expect(await wire.statusOf({ method: 'CONNECT', target: 'localhost:22' }, 'native')).toBe(0);
  });
});

it('a path may be spelled with escapes: it is told whose it is all the same', async () => {
  const payload = { username: 'nobody', encryptedPassword: 'x', keyID: 1 };
  for (const url of ['/auth/login', '/auth/login/', '/auth/%6Cogin', '/%61uth/login?x=%6C']) {
    const answer = await started.service.post(url, payload);
    expect([url, sealedProblemOf(answer)]).toEqual([url, { status: 401, code: 'invalid-credentials' }]);
  }
});

it('leave the service as it was', async () => {
  await expectUnharmed(started.service, started.log);
});
