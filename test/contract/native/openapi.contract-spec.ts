import type { Response } from 'light-my-request';
import { aPerson, anAccount, bearer, logIn, newestTicket, register, resetTicket, signIn } from '../../support/accounts';
import { ApiDescription, withoutSlash } from '../../support/api-description';
import { anOwner, BEHIND_PROXY, lockOut, newestUnlockLink } from '../../support/lockout-way-back';
import { registeredRoutes, templateOf } from '../../support/registered-routes';
import { freshCode } from '../../support/second-factor';
import { startTestApp, type TestApp } from '../../support/test-app';

let service: TestApp;
let api: ApiDescription;
beforeAll(async () => {
  service = await startTestApp({ environment: { THROTTLE_LIMIT: '100' } });
  api = await ApiDescription.of(service);
});
afterAll(() => service.close());

/** Made for people, not for programs. */
const PAGES = [
  'GET /change-email',
  'GET /undo',
  'GET /enrol',
  'POST /enrol',
  'GET /unlock',
  'POST /unlock',
  'POST /change-email',
  'POST /undo',
  'GET /',
  'GET /activate',
  'GET /api/v1/verify',
  'GET /admin',
  'GET /assets/:name',
  'GET /dev/mailbox',
  'GET /dev/mailbox.json',
  'GET /docs',
  'GET /docs/:file',
  'GET /docs/start.js',
  'GET /openapi.json',
  'GET /problems/:code',
  'GET /reset-password',
  'GET /verify-email',
  'POST /activate',
  'POST /reset-password',
  'POST /verify-email',
];

it.each([
  ['as it comes', 25, {}],
  ['with the older spellings', 30, { LEGACY_SPELLINGS: 'true' }],
])('describes every route that is registered, and no other, %s', async (_what, least, environment) => {
  const other = await startTestApp({ environment });
  const routes = registeredRoutes(other).filter((route) => !PAGES.includes(route));
  expect(routes.length).toBeGreaterThanOrEqual(least);
  const { operations } = await ApiDescription.of(other);
  // one route may be described twice: with the slash that makes its path a folder's, and without
  expect([...new Set(operations.map(withoutSlash))].sort()).toEqual(routes.map(templateOf).sort());
  await other.close();
});

it('is OpenAPI 3.1, with a summary for each operation of the contract', () => {
  expect(api.document.openapi).toBe('3.1.0');
  for (const operation of api.operations.filter((name) => /\/(auth|user|storage)/.test(name))) {
    const [method = '', path = ''] = operation.split(' ');
    expect([operation, api.operation(method, path).summary]).toEqual([operation, expect.any(String)]);
  }
});

it('says in which ways an access token may come', () => {
  expect(api.operation('GET', '/api/auth/me').security).toEqual([
    { bearer: [] },
    { 'access-token': [] },
    { sv_at: [] },
  ]);
  expect(api.document.components.securitySchemes).toMatchObject({
    bearer: { type: 'http', scheme: 'bearer' },
    'access-token': { type: 'apiKey', in: 'header', name: 'access-token' },
    sv_at: { type: 'apiKey', in: 'cookie', name: 'sv_at' },
  });
});

it('says that files may be asked for without any', () => {
  const files = Object.entries(api.document.paths).filter(([path]) => path.startsWith('/storage'));
  const folders = files.map(([path]) => path).filter((path) => path.endsWith('/'));
  expect(folders).toEqual(expect.arrayContaining(['/storage/', '/storage/{path}/', '/storage/meta/{path}/']));
  for (const operation of files.flatMap(([, methods]) => Object.values(methods)))
    expect(operation.security).toEqual(expect.arrayContaining([{}]));
});

it('says which operations take an access token', () => {
  const secured = api.operations.filter((name) => {
    const [method = '', path = ''] = name.split(' ');
    return api.operation(method, path).security !== undefined;
  });
  const files = api.operations.filter((name) => name.includes('/storage'));
  expect(secured.filter((name) => name.includes('/storage'))).toEqual(files);
  expect(secured.filter((name) => !files.includes(name))).toEqual([
    'DELETE /api/auth/logout',
    'DELETE /auth/devices/{id}',
    'DELETE /auth/sessions/{id}',
    'GET /admin/locks',
    'GET /api/auth/identifier',
    'GET /api/auth/me',
    'GET /api/v1/authorized/me',
    'GET /auth/devices',
    'GET /auth/sessions',
    'GET /user/me',
    'PATCH /api/auth/verif/identifier',
    'PATCH /api/auth/verif/otp',
    'PATCH /api/auth/verif/otp/resend',
    'PATCH /user/me',
    'POST /admin/locks/{id}/lift',
    'POST /api/v1/auth/change-password',
    'POST /api/v1/authorized/logout',
    'POST /api/v1/logout',
    'POST /auth/change-email/request',
    'POST /auth/change-password/change',
    'POST /auth/delete',
    'POST /auth/mfa/disable',
    'POST /auth/mfa/enable',
    'POST /auth/mfa/generate',
    'POST /auth/mfa/recovery-codes',
    'POST /auth/reauthenticate',
    'POST /auth/token/revoke',
    'POST /auth/verify-email',
  ]);
});

describe('answers are what it says', () => {
  const check = (operation: string, answer: Response, status: number) => {
    const [method = '', path = ''] = operation.split(' ');
    expect([answer.statusCode, api.faultsOf(method, path, answer)]).toEqual([status, []]);
  };

  it('on every success', async () => {
    const person = aPerson({ username: 'Pia' });
    check('POST /auth/register', await service.post('/auth/register', person), 204);
    const ticket = await newestTicket(service, person, 'activate');
    check('POST /auth/activate', await service.post('/auth/activate', { ticket }), 204);
    const { email } = person;
    check('POST /auth/activate/request', await service.post('/auth/activate/request', { email }), 204);
    check('POST /auth/change-password/request', await service.post('/auth/change-password/request', { email }), 204);
    const reset = { ticket: await newestTicket(service, person, 'reset-password'), new_password: person.password };
    check('POST /auth/change-password/change', await service.post('/auth/change-password/change', reset), 204);
    check('POST /auth/login', await service.post('/auth/login', { email, password: person.password }), 200);
    check('POST /auth/login', await logIn(service, person), 200);
    const tokens = await signIn(service, person);
    const headers = bearer(tokens);
    const refresh = { refresh_token: tokens.refresh };
    check('POST /auth/token/refresh', await service.post('/auth/token/refresh', refresh), 200);
    const { password } = person;
    check('POST /auth/reauthenticate', await service.post('/auth/reauthenticate', { password }, headers), 200);
    check('GET /user/me', await service.get('/user/me', headers), 200);
    check('GET /auth/sessions', await service.get('/auth/sessions', headers), 200);
    check('GET /auth/jwks', await service.get('/auth/jwks'), 200);
    check('GET /.well-known/jwks.json', await service.get('/.well-known/jwks.json'), 200);
    check('GET /healthz', await service.get('/healthz'), 200);
    check('GET /readyz', await service.get('/readyz'), 200);
    check('POST /auth/token/revoke', await service.post('/auth/token/revoke', undefined, headers), 204);
    const last = bearer(await signIn(service, person));
    check('POST /auth/delete', await service.post('/auth/delete', undefined, last), 204);
  });

  it('on every success with a second factor, another address, another name', async () => {
    const person = await anAccount(service);
    const headers = bearer(await signIn(service, person));
    const payload = { username: 'Rosa', display_name: 'Rosa', locale: 'es' };
    check('PATCH /user/me', await service.inject({ method: 'PATCH', url: '/user/me', headers, payload }), 200);
    const { email: new_email } = aPerson();
    check(
      'POST /auth/change-email/request',
      await service.post('/auth/change-email/request', { new_email }, headers),
      204,
    );
    const change = { ticket: await newestTicket(service, { email: new_email }, 'change-email') };
    check('POST /auth/change-email/change', await service.post('/auth/change-email/change', change), 204);
    const generated = await service.post('/auth/mfa/generate', undefined, headers);
    check('POST /auth/mfa/generate', generated, 200);
    const { otp_secret: secret } = generated.json<{ otp_secret: string }>();
    const enable = { code: await freshCode(service, secret) };
    check('POST /auth/mfa/enable', await service.post('/auth/mfa/enable', enable, headers), 204);
    check('POST /auth/mfa/recovery-codes', await service.post('/auth/mfa/recovery-codes', undefined, headers), 200);
    const halfway = await service.post('/auth/login', { email: new_email, password: person.password });
    check('POST /auth/login', halfway, 200);
    const { ticket } = halfway.json<{ ticket: string }>();
    const finish = { ticket, code: await freshCode(service, secret) };
    check('POST /auth/mfa/totp', await service.post('/auth/mfa/totp', finish), 200);
    check('GET /user/me', await service.get('/user/me', headers), 200);
    const disable = { code: await freshCode(service, secret) };
    check('POST /auth/mfa/disable', await service.post('/auth/mfa/disable', disable, headers), 204);
  });

  it('on every success about locks', async () => {
    const environment = { ...BEHIND_PROXY, ADMIN_EMAILS: 'root@example.com' };
    const locking = await startTestApp({ environment });
    const admin = bearer(await signIn(locking, await anAccount(locking, { email: 'root@example.com' })));
    const { tokens, ...owner } = await anOwner(locking);
    await lockOut(locking, owner);
    const { email } = owner;
    check('POST /auth/unlock/request', await locking.post('/auth/unlock/request', { email }), 204);
    check('POST /api/auth/report-failed', await locking.post('/api/auth/report-failed', { email }), 200);
    const unlock = { token: await newestUnlockLink(locking, owner) };
    check('POST /api/auth/unlock-account', await locking.post('/api/auth/unlock-account', unlock), 200);
    check('POST /api/auth/unlock-account', await locking.post('/api/auth/unlock-account', unlock), 401);
    check('POST /api/auth/report-failed', await locking.post('/api/auth/report-failed', {}), 400);
    const known = await locking.get('/auth/devices', bearer(tokens));
    check('GET /auth/devices', known, 200);
    const [first] = known.json<{ id: string }[]>();
    const url = `/auth/devices/${String(first?.id)}`;
    const removal = { method: 'DELETE', url, headers: bearer(tokens) } as const;
    check('DELETE /auth/devices/{id}', await locking.inject(removal), 204);
    check('DELETE /auth/devices/{id}', await locking.inject(removal), 404);
    const locks = await locking.get('/admin/locks', admin);
    check('GET /admin/locks', locks, 200);
    const [lock] = locks.json<{ id: string }[]>();
    const lift = `/admin/locks/${String(lock?.id)}/lift`;
    check('POST /admin/locks/{id}/lift', await locking.post(lift, undefined, bearer(tokens)), 403);
    check('POST /admin/locks/{id}/lift', await locking.post(lift, undefined, admin), 204);
    check('POST /admin/locks/{id}/lift', await locking.post(lift, undefined, admin), 404);
    check('GET /admin/locks', await locking.get('/admin/locks', bearer(tokens)), 403);
    await locking.close();
  });

  it('on every refusal', async () => {
    const owner = await anAccount(service, { username: 'Quentin' });
    const tokens = await signIn(service, owner);
    const headers = bearer(tokens);
    const taken = aPerson({ username: 'quentin' });
    const ticket = await resetTicket(service, owner);
    const bad = { ticket, new_password: 'short' };
    const crossSite = { cookie: `refresh_token=${tokens.refresh}`, origin: 'https://evil.example.com' };
    check('POST /auth/register', await service.post('/auth/register', {}), 400);
    check('POST /auth/register', await service.post('/auth/register', taken), 409);
    check('POST /auth/login', await logIn(service, { ...owner, password: 'wrong' }), 401);
    check('POST /auth/activate', await service.post('/auth/activate', { ticket: 'x' }), 401);
    check('POST /auth/verify-email', await service.post('/auth/verify-email', { ticket: 'x' }), 401);
    check('POST /auth/change-password/change', await service.post('/auth/change-password/change', bad), 400);
    check('POST /auth/token/refresh', await service.post('/auth/token/refresh'), 401);
    check('POST /auth/token/refresh', await service.post('/auth/token/refresh', undefined, crossSite), 403);
    check('GET /user/me', await service.get('/user/me'), 401);
    check('GET /auth/sessions', await service.get('/auth/sessions'), 401);
    const unknown = await service.inject({ method: 'DELETE', url: '/auth/sessions/unknown', headers });
    check('DELETE /auth/sessions/{id}', unknown, 404);
    service.clock.advanceSeconds(16 * 60);
    const { jwt_token: access } = (await service.post('/auth/token/refresh', { refresh_token: tokens.refresh })).json<{
      jwt_token: string;
    }>();
    check('POST /auth/delete', await service.post('/auth/delete', undefined, bearer({ access })), 403);
    await register(service, aPerson());
  });

  it('on too many requests', async () => {
    let answer = await service.post('/auth/activate', { ticket: 'x' });
    for (let tries = 0; tries < 100; tries += 1) answer = await service.post('/auth/activate', { ticket: 'x' });
    check('POST /auth/activate', answer, 429);
    const report = () => service.post('/api/auth/report-failed', { email: 'nobody@example.com' });
    for (let tries = 0; tries <= 100; tries += 1) answer = await report();
    check('POST /api/auth/report-failed', answer, 429);
  });
});
