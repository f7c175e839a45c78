import type { InjectOptions } from 'light-my-request';
import { anAccount, signIn } from '../../support/accounts';
import { aClaimsAccount, claimsProblemOf, claimsSignIn, verifyToken } from '../../support/claims';
import { startTestApp, type TestApp } from '../../support/test-app';

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp();
});
afterAll(() => service.close());

const JSON_TYPE = { 'content-type': 'application/json' };
const login = (request: InjectOptions): InjectOptions => ({ method: 'POST', url: '/api/v1/login', ...request });

it.each<[string, InjectOptions, number, string]>([
  ['malformed JSON', login({ headers: JSON_TYPE, payload: '{"email": ' }), 400, 'malformed-body'],
  ['a poisoned prototype', login({ headers: JSON_TYPE, payload: '{"__proto__": {}}' }), 400, 'malformed-body'],
  ['a body that is no object', login({ headers: JSON_TYPE, payload: '["x"]' }), 400, 'validation'],
  ['an empty body', login({ headers: JSON_TYPE, payload: '' }), 400, 'validation'],
  [
    'a form',
    login({ headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: 'email=a' }),
    415,
    'unsupported-media-type',
  ],
  ['more than 64 KiB', login({ payload: { email: 'x'.repeat(65_536) } }), 413, 'too-large'],
  ['a URL that cannot be read', { method: 'GET', url: '/api/v1/%E0%A4%A' }, 400, 'bad-url'],
  ['a method that the path has not', { method: 'PUT', url: '/api/v1/login', payload: {} }, 404, 'not-found'],
  ['a path that nobody has', { method: 'POST', url: '/api/v1/login/again', payload: {} }, 404, 'not-found'],
])('%s is refused in this contract’s shape', async (_what, request, status, code) => {
  expect(claimsProblemOf(await service.inject(request))).toEqual({ status, code });
});

it('a fault is named, its value never repeated', async () => {
  const answer = await service.post('/api/v1/register', { email: 'leaked value', username: 'x', password: 'leaks' });
  expect(claimsProblemOf(answer)).toEqual({ status: 400, code: 'validation' });
  expect(answer.body).not.toMatch(/leak/);
});

describe('a cookie that another site made the browser send', () => {
  const evil = { origin: 'https://evil.example.com' };

  it('ends no session', async () => {
    const { access } = await signIn(service, await anAccount(service));
    const answer = await service.post('/api/v1/logout', undefined, { cookie: `sv_at=${access}`, ...evil });
    expect(claimsProblemOf(answer)).toEqual({ status: 403, code: 'cross-site' });
    expect((await verifyToken(service, access)).statusCode).toBe(200);
  });

  it('makes nobody known at a sign-in', async () => {
    const person = await aClaimsAccount(service);
    const { device } = await claimsSignIn(service, person);
    const answer = await service.post('/api/v1/login', person, { cookie: `device=${device}`, ...evil });
    expect(claimsProblemOf(answer)).toEqual({ status: 403, code: 'cross-site' });
  });
});
