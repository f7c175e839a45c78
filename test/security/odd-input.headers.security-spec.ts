import { anAccount, bearer, signIn, type Person, type Tokens } from '../support/accounts';
import { full } from '../support/full';
import {
  authorizationLines,
  cookieLines,
  ENVIRONMENT_LINES,
  LENGTH_LINES,
  oddTokens,
} from '../support/odd-input/odd-headers';
import { expectUnharmed, startOddService } from '../support/odd-input/odd-suite';
import type { Shape } from '../support/odd-input/refusals';
import { Wire, type WireRequest } from '../support/odd-input/wire';

let started: Awaited<ReturnType<typeof startOddService>>;
let wire: Wire;
let person: Person;
let tokens: Tokens;
beforeAll(async () => {
  // several addresses to come from, and each odd one to be looked at
  started = await startOddService({ TRUST_PROXY: '127.0.0.1', LEGACY_SPELLINGS: 'true' });
  wire = await Wire.to(started.service);
  person = await anAccount(started.service, { username: 'somebody-odd' });
  tokens = await signIn(started.service, person);
});
afterAll(() => started.service.close());

interface Target extends WireRequest {
  readonly shape: Shape;
}

const json = (target: string, shape: Shape, body: object = {}, method = 'POST'): Target => ({
  method,
  target,
  shape,
  headers: ['Content-Type: application/json'],
  body: JSON.stringify(body),
});
const get = (target: string, shape: Shape): Target => ({ target, shape });
const login = () => json('/auth/login', 'native', { email: person.email, password: person.password });

/** Routes of every contract that read a header or a cookie. */
const readers = (): Target[] => [
  get('/user/me', 'native'),
  get('/auth/sessions', 'native'),
  get('/auth/devices', 'native'),
  get('/admin/locks', 'native'),
  login(),
  json('/auth/token/refresh', 'native'),
  json('/auth/change-password/change', 'native', { old_password: 'x', new_password: 'another one' }),
  json('/auth/mfa/totp', 'native', { ticket: 'x', code: '000000' }),
  get('/auth/refresh-token', 'sealed'),
  json('/auth/forget-password', 'sealed', { email: 'nobody@example.org' }),
  get('/api/auth/me', 'vault'),
  json('/api/auth/refresh', 'vault'),
  json('/api/auth/verif/otp', 'vault', { otpCode: '000000' }, 'PATCH'),
  json('/api/auth/login', 'vault', { email: person.email, authVerifier: 'x' }),
  get('/api/v1/authorized/me', 'claims'),
  json('/api/v1/login', 'claims', { email: person.email, password: person.password }),
  json('/api/v1/auth/login', 'lumina', { Username: person.username, Password: person.password }),
  json('/api/v1/auth/change-password', 'lumina', {
    Username: person.username,
    CurrentPassword: 'x',
    NewPassword: 'Abcd123$',
    NewPasswordConfirm: 'Abcd123$',
  }),
  get('/auth/activate?ticket=x', 'native'),
  get('/healthz', 'native'),
  get('/', 'page'),
  {
    method: 'POST',
    target: '/unlock',
    shape: 'page',
    body: 'token=x',
    headers: ['Content-Type: application/x-www-form-urlencoded'],
  },
];

/** Each line to each route; every day only to one in some of them, by turns. */
async function sendAll(
  lines: readonly (readonly string[])[],
  targets: readonly Target[],
  share: number,
): Promise<void> {
  const every = full(share, 1);
  for (const [place, { shape, headers = [], ...target }] of targets.entries()) {
    for (const [index, more] of lines.entries()) {
      if (index % every !== place % every) continue;
      const status = await wire.statusOf({ ...target, headers: [...headers, ...more] }, shapeOf(target, more, shape));
      expect([target.target, more.join(' ').slice(0, 100), status >= 200 && status < 500]).toEqual([
        target.target,
        more.join(' ').slice(0, 100),
        true,
      ]);
    }
  }
}

/** A header can make a request another contract's. */
function shapeOf({ target }: WireRequest, lines: readonly string[], shape: Shape): Shape {
  return target === '/user/me' && lines.some((line) => line.startsWith('access-token:')) ? 'sealed' : shape;
}

it('access tokens of every odd kind', async () => {
  await sendAll(authorizationLines(tokens.access), readers(), 24);
}, 300_000);

it('refresh and device tokens of every odd kind', async () => {
  for (const header of ['refresh-token', 'X-Device-Token']) {
    const lines = [tokens.refresh, tokens.device].flatMap((token) =>
      oddTokens(token).map((odd) => [`${header}: ${odd}`]),
    );
    const twice = [`${header}: ${tokens.refresh}`, `${header}: ${tokens.device}`];
    await sendAll([...lines, twice], [login(), get('/auth/refresh-token', 'sealed')], 6);
  }
}, 120_000);

it('headers about origins, ways, wishes and bodies', async () => {
  await sendAll(ENVIRONMENT_LINES, readers(), 10);
}, 300_000);

it('cookies of every odd kind', async () => {
  const names = ['refresh_token', 'device', '__Host-device', 'sv_at', 'sv_rt'];
  await sendAll(cookieLines(names, tokens.refresh), readers(), 80);
  await sendAll(cookieLines(names, tokens.access), readers(), 80);
}, 600_000);

it('a body of another length than was said', async () => {
  for (const more of LENGTH_LINES) {
    for (const { shape, headers = [], ...target } of [
      login(),
      json('/api/auth/login', 'vault'),
      json('/api/v1/login', 'claims'),
    ]) {
      const request = { ...target, headers: [...headers, ...more] };
      const status = await wire.statusOf(request, shape, { isCutShort: true });
      expect([more, status === 0 || (status >= 200 && status < 500)]).toEqual([more, true]);
    }
  }
}, 120_000);

it('chunks that are none', async () => {
  const chunks = [
    '0\r\n\r\n',
    'zz\r\n',
    '5\r\n{}\r\n0\r\n\r\n',
    'ffffffffffffffff\r\nx',
    '2;x=\xff\r\n{}\r\n0\r\nX: y\r\n\r\n',
    '-1\r\n\r\n',
  ];
  for (const body of chunks) {
    const headers = ['Content-Type: application/json', 'Transfer-Encoding: chunked'];
    const request = { method: 'POST', target: '/api/auth/login', headers, body };
    const status = await wire.statusOf(request, 'vault', { isCutShort: true });
    expect([body, status === 0 || (status >= 200 && status < 500)]).toEqual([body, true]);
  }
});

it.each([
  ['/auth/refresh-token', 'sealed'],
  ['/auth/refresh-token;x', 'native'],
] as const)('a header that is none, sent to %s, is told in the shape of %s', async (target, shape) => {
  const bytes = `GET ${target} HTTP/1.1\r\nHost: localhost\r\nno header\r\n\r\n`;
  expect(await wire.statusOfBytes(bytes, shape)).toBe(400);
});

describe('a host that is not named as it should be', () => {
  it.each(['', 'x y', '\xff', 'a@b:c', '[::1', 'localhost:99999', 'evil.example/x?y', '..'])('%j', async (name) => {
    const bytes = `GET /user/me HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`;
    const status = await wire.statusOfBytes(bytes, 'native');
    expect([400, 401]).toContain(status);
  });
});

it('leave the service as it was', async () => {
  expect((await started.service.get('/user/me', bearer(tokens))).statusCode).toBe(200);
  await expectUnharmed(started.service, started.log);
});
