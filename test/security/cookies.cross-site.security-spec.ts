import { anAccount, bearer, signIn, type Person, type Tokens } from '../support/accounts';
import { problemOf } from '../support/problem';
import { startTestApp, type TestApp } from '../support/test-app';

const OURS = 'http://localhost:3000';
const CLIENT = 'https://app.example.com';

let service: TestApp;
let owner: Person;
let tokens: Tokens;
beforeAll(async () => {
  service = await startTestApp({ environment: { CORS_ORIGINS: CLIENT } });
  owner = await anAccount(service);
});
beforeEach(async () => {
  tokens = await signIn(service, owner);
});
afterAll(() => service.close());

const CROSS_SITE = { status: 403, code: 'cross-site' };

/** How browsers, and what is none, say where a request comes from. */
const own: [string, Record<string, string>][] = [
  ['our own origin', { origin: OURS }],
  ['a client’s origin', { origin: CLIENT, 'sec-fetch-site': 'cross-site' }],
  ['no origin, from the same site', { 'sec-fetch-site': 'same-origin' }],
  ['no origin, by the user', { 'sec-fetch-site': 'none' }],
  ['nothing: no browser', {}],
];
const foreign: [string, Record<string, string>][] = [
  ['another origin', { origin: 'https://evil.example.com' }],
  ['the origin null', { origin: 'null' }],
  ['another port of our host', { origin: 'http://localhost:3001' }],
  ['another scheme of our host', { origin: 'https://localhost:3000' }],
  ['an origin that only begins like a client’s', { origin: `${CLIENT}.evil.example.com` }],
  [
    'another origin that claims to be of the same site',
    { origin: 'https://evil.example.com', 'sec-fetch-site': 'same-origin' },
  ],
  ['no origin, across sites', { 'sec-fetch-site': 'cross-site' }],
  ['no origin, from a sibling host', { 'sec-fetch-site': 'same-site' }],
];

type Request = (headers: Record<string, string>) => ReturnType<TestApp['post']>;

const requests: [string, number, Request][] = [
  [
    'a refresh by cookie',
    200,
    (headers) =>
      service.post('/auth/token/refresh', undefined, { ...headers, cookie: `refresh_token=${tokens.refresh}` }),
  ],
  [
    'a revocation by the access cookie',
    204,
    (headers) => service.post('/auth/token/revoke', undefined, { ...headers, cookie: `sv_at=${tokens.access}` }),
  ],
  [
    'a sign-in that shows the device cookie',
    200,
    (headers) =>
      service.post(
        '/auth/login',
        { email: owner.email, password: owner.password },
        { ...headers, cookie: `device=${tokens.device}` },
      ),
  ],
];

describe.each(requests)('%s', (_what, status, request) => {
  it.each(own)('is served for %s', async (_from, headers) => {
    expect((await request(headers)).statusCode).toBe(status);
  });

  it.each(foreign)('is refused for %s, and has done nothing', async (_from, headers) => {
    const answer = await request(headers);
    expect(problemOf(answer)).toEqual(CROSS_SITE);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect((await service.get('/user/me', bearer(tokens))).statusCode).toBe(200);
    const refreshed = await service.post('/auth/token/refresh', { refresh_token: tokens.refresh });
    expect(refreshed.statusCode).toBe(200);
  });
});

it('a credential that came in a header or the body needs no origin of ours', async () => {
  const origin = 'https://evil.example.com';
  const refreshed = await service.post('/auth/token/refresh', { refresh_token: tokens.refresh }, { origin });
  expect(refreshed.statusCode).toBe(200);
  const signedIn = await service.post('/auth/login', { email: owner.email, password: owner.password }, { origin });
  expect(signedIn.statusCode).toBe(200);
  const revoked = await service.post('/auth/token/revoke', undefined, { origin, ...bearer(tokens) });
  expect(revoked.statusCode).toBe(204);
});

it('a header wins over the cookie, so a stale cookie from elsewhere does no harm', async () => {
  const headers = { ...bearer(tokens), origin: 'https://evil.example.com', cookie: 'sv_at=stale' };
  expect((await service.post('/auth/token/revoke', undefined, headers)).statusCode).toBe(204);
});
