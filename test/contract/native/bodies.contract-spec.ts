import { anAccount, bearer, signIn, type Tokens } from '../../support/accounts';
import { problemOf } from '../../support/problem';
import { startDescribedApp } from '../../support/described-app';
import type { TestApp } from '../../support/test-app';

let service: TestApp;
let tokens: Tokens;
beforeAll(async () => {
  service = await startDescribedApp();
  tokens = await signIn(service, await anAccount(service));
});
afterAll(() => service.close());

const email = 'hello@example.com';
const password = 'between 6-128 characters';
const ticket = '0175b2e2-b6b5-4d3f-a5db-5b2d4bfc2ce7';

const send = (url: string, body?: unknown) => service.post(url, body, bearer(tokens));

describe('a body that is wrong is 400 and names each faulty field', () => {
  it.each<[string, unknown, string[]]>([
    ['/auth/register', {}, ['email', 'password']],
    ['/auth/register', undefined, ['email', 'password']],
    ['/auth/register', { email: null, password: null }, ['email', 'password']],
    ['/auth/register', { email: 1, password: 2, username: 3 }, ['email', 'password', 'username']],
    ['/auth/register', { email: [email], password: [password] }, ['email', 'password']],
    ['/auth/register', { email: { a: 1 }, password: { b: 2 } }, ['email', 'password']],
    ['/auth/register', { email, password, roles: ['admin'], user_data: {} }, ['roles', 'user_data']],
    ['/auth/register', { email: 'hello', password }, ['email']],
    ['/auth/register', { email: 'hello@a@b', password }, ['email']],
    ['/auth/register', { email: 'he llo@example.com', password }, ['email']],
    ['/auth/register', { email: 'hello\0@example.com', password }, ['email']],
    ['/auth/register', { email: 'hello\r\nBcc: x@example.com', password }, ['email']],
    ['/auth/register', { email: `${'h'.repeat(250)}@example.com`, password }, ['email']],
    ['/auth/register', { email, password: '' }, ['password']],
    ['/auth/register', { email, password: 'five5' }, ['password']],
    ['/auth/register', { email, password: 'x'.repeat(129) }, ['password']],
    ['/auth/register', { email, password: 'lone \ud800 surrogate' }, ['password']],
    ['/auth/register', { email, password, username: 'ab' }, ['username']],
    ['/auth/register', { email, password, username: 'x'.repeat(256) }, ['username']],
    ['/auth/register', { email, password, username: 'somebody@example.com' }, ['username']],
    ['/auth/register', { email, password, username: 'some body' }, ['username']],
    ['/auth/register', { email, password, username: 'some\u0000body' }, ['username']],
    ['/auth/login', {}, ['email', 'password']],
    ['/auth/login', { email }, ['password']],
    ['/auth/login', { password }, ['email']],
    ['/auth/login', { username: 7, password }, ['username']],
    ['/auth/login', { email, username: 'hello', password }, ['username']],
    ['/auth/login', { email, password, cookie: 'false' }, ['cookie']],
    ['/auth/login', { email, password, cookie: null }, ['cookie']],
    ['/auth/login', { email, password, remember: true }, ['remember']],
    ['/auth/activate', {}, ['ticket']],
    ['/auth/activate', { ticket: null }, ['ticket']],
    ['/auth/activate', { ticket, email }, ['email']],
    ['/auth/activate/request', {}, ['email']],
    ['/auth/activate/request', { email: 'hello' }, ['email']],
    ['/auth/activate/request', { email, ticket }, ['ticket']],
    ['/auth/verify-email', {}, ['ticket']],
    ['/auth/verify-email', { ticket, password: 7 }, ['password']],
    ['/auth/change-password/request', {}, ['email']],
    ['/auth/change-password/request', { email, ticket, new_password: password }, ['ticket']],
    ['/auth/change-password/request', { ticket }, ['new_password']],
    ['/auth/change-password/request', { email, language: 'en' }, ['language']],
    ['/auth/change-password/change', {}, ['ticket', 'new_password']],
    ['/auth/change-password/change', { ticket }, ['new_password']],
    ['/auth/change-password/change', { old_password: password }, ['new_password']],
    ['/auth/change-password/change', { old_password: 7, new_password: 8 }, ['old_password', 'new_password']],
    ['/auth/change-password/change', { ticket, old_password: password, new_password: password }, ['old_password']],
    ['/auth/change-password/change', { ticket, new_password: password, forget_devices: 1 }, ['forget_devices']],
    ['/auth/token/refresh', { refresh_token: null }, ['refresh_token']],
    ['/auth/token/refresh', { token: 'x' }, ['token']],
    ['/auth/token/revoke', { all: 'yes' }, ['all']],
    ['/auth/token/revoke', { all: true, others: true }, ['others']],
    ['/auth/token/revoke', { everything: true }, ['everything']],
    ['/auth/reauthenticate', {}, ['password']],
    ['/auth/reauthenticate', { password: null }, ['password']],
    ['/auth/reauthenticate', { password, auth_verifier: 'x' }, ['auth_verifier']],
    ['/auth/register', [], ['body']],
    ['/auth/register', 'null', ['body']],
    ['/auth/login', '"text"', ['body']],
  ])('POST %s %j', async (url, body, fields) => {
    const answer =
      typeof body === 'string'
        ? await service.inject({ method: 'POST', url, headers: { 'content-type': 'application/json' }, payload: body })
        : await send(url, body);
    expect({ ...problemOf(answer), fields: [...(problemOf(answer).fields ?? [])].sort() }).toEqual({
      status: 400,
      code: 'validation',
      fields: [...fields].sort(),
    });
    expect(answer.body).not.toContain(password);
  });
});

describe('a ticket that is malformed is 401 like any wrong one', () => {
  it.each<[string, unknown]>([
    ['unknown', ticket],
    ['empty', ''],
    ['a number', 7],
    ['a list', [ticket]],
    ['an object', { ticket }],
    ['256 characters', 'x'.repeat(256)],
    ['257 characters', 'x'.repeat(257)],
    ['a NUL', '\0'],
    ['a lone surrogate', '\ud800'],
    ['not ASCII', 'тикет'],
  ])('%s', async (_what, wrong) => {
    for (const [url, more] of [
      ['/auth/activate', {}],
      ['/auth/verify-email', {}],
      ['/auth/verify-email', { password }],
      ['/auth/change-password/request', { new_password: password }],
      ['/auth/change-password/change', { new_password: password }],
    ] as const) {
      const answer = await send(url, { ticket: wrong, ...more });
      expect([url, problemOf(answer)]).toEqual([url, { status: 401, code: 'invalid-ticket' }]);
    }
  });
});

describe('no body', () => {
  it.each([
    ['none at all', {}],
    ['an empty one under a JSON content type', { 'content-type': 'application/json' }],
  ])('%s is enough where nothing is asked for', async (_what, headers) => {
    const session = await signIn(service, await anAccount(service));
    const answer = await service.inject({
      method: 'POST',
      url: '/auth/token/revoke',
      headers: { ...headers, ...bearer(session) },
    });
    expect(answer.statusCode).toBe(204);
  });
});

describe('a trailing slash changes nothing', () => {
  it.each<['GET' | 'POST', string]>([
    ['POST', '/auth/register'],
    ['POST', '/auth/login'],
    ['GET', '/auth/jwks'],
    ['POST', '/auth/activate'],
    ['POST', '/auth/activate/request'],
    ['POST', '/auth/verify-email'],
    ['POST', '/auth/change-password/request'],
    ['POST', '/auth/change-password/change'],
    ['POST', '/auth/token/refresh'],
    ['POST', '/auth/reauthenticate'],
    ['GET', '/auth/sessions'],
    ['GET', '/user/me'],
    ['GET', '/healthz'],
    ['GET', '/readyz'],
  ])('%s %s', async (method, url) => {
    const [bare, slashed] = await Promise.all(
      [url, `${url}/`].map((path) => service.inject({ method, url: path, headers: bearer(tokens) })),
    );
    expect([slashed?.statusCode, slashed?.headers['content-type']]).toEqual([
      bare?.statusCode,
      bare?.headers['content-type'],
    ]);
    expect(bare?.statusCode).not.toBe(404);
  });

  it('POST /auth/token/revoke/ and /auth/delete/', async () => {
    const owner = await anAccount(service);
    for (const url of ['/auth/token/revoke/', '/auth/delete/']) {
      const answer = await service.post(url, undefined, bearer(await signIn(service, owner)));
      expect([url, answer.statusCode]).toEqual([url, 204]);
    }
  });
});

it('an unknown path is native’s 404, with a body of any kind', async () => {
  for (const answer of [await service.get('/auth/nothing'), await service.post('/nowhere', { email })]) {
    expect(problemOf(answer)).toEqual({ status: 404, code: 'not-found' });
  }
});

it('every route that wants an access token says so with a challenge', async () => {
  const requests = [
    ['GET', '/user/me'],
    ['GET', '/auth/sessions'],
    ['DELETE', `/auth/sessions/${ticket}`],
    ['POST', '/auth/delete'],
    ['POST', '/auth/token/revoke'],
    ['POST', '/auth/reauthenticate'],
  ] as const;
  for (const [method, url] of requests) {
    const [without, wrong] = [
      await service.inject({ method, url }),
      await service.inject({ method, url, headers: { authorization: 'Bearer nonsense' } }),
    ];
    for (const answer of [without, wrong]) expect(problemOf(answer)).toEqual({ status: 401, code: 'invalid-token' });
    expect(without.headers['www-authenticate']).toBe('Bearer realm="latchkey"');
    expect(wrong.headers['www-authenticate']).toBe('Bearer realm="latchkey", error="invalid_token"');
  }
});
