import { decodeJwt } from 'jose';
import { anAccount, bearer, logIn, signIn, tokensIn } from '../../support/accounts';
import { startDescribedApp } from '../../support/described-app';
import type { TestApp } from '../../support/test-app';
import { anIdentifier, aVault, aVaultPerson, cookieHeader, cookiesOf, vaultLogin } from '../../support/vault';
import { vaultProblemOf } from '../../support/vault-problem';

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp();
});
afterAll(() => service.close());

const INVALID_CREDENTIALS = { status: 401, code: 'invalid-credentials' };
const INVALID_TOKEN = { status: 401, code: 'invalid-token' };

describe('POST /api/auth/login', () => {
  it('answers as the document prints it, and gives both cookies and a device', async () => {
    const { person, identifier } = await aVault(service);
    const { username, email } = person;
    const answer = await vaultLogin(service, person, identifier.authVerifier);
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { data: { id: expect.stringMatching(/^[0-9a-f-]{36}$/), username, email }, message: 'Login success' },
    ]);
    expect([answer.headers['set-cookie']].flat().sort()).toEqual([
      expect.stringMatching(/^device=[\w.-]+; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/),
      expect.stringMatching(/^sv_at=[\w.-]+; Max-Age=900; Path=\/; HttpOnly; SameSite=Lax$/),
      expect.stringMatching(/^sv_rt=[\w.-]+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    expect(answer.headers['x-device-token']).toBe(cookiesOf(answer)['device']);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('ignores what it does not know, and the case of the address', async () => {
    const { person, identifier } = await aVault(service);
    const body = { email: person.email.toUpperCase(), authVerifier: identifier.authVerifier, remember: true, totp: {} };
    expect((await service.post('/api/auth/login', body)).statusCode).toBe(200);
  });

  it('does not look at a code where there is no second factor', async () => {
    const { person, identifier } = await aVault(service);
    expect((await vaultLogin(service, person, identifier.authVerifier, { totpCode: '000000' })).statusCode).toBe(200);
  });

  it('refuses a wrong verifier and an unknown address alike', async () => {
    const { person } = await aVault(service);
    const answers = [
      await vaultLogin(service, person, 'wrong'),
      await vaultLogin(service, aVaultPerson(), anIdentifier().authVerifier),
    ];
    expect(answers.map(vaultProblemOf)).toEqual([INVALID_CREDENTIALS, INVALID_CREDENTIALS]);
    expect(answers[0]?.body).toBe(answers[1]?.body);
    expect(answers.flatMap(({ cookies }) => cookies)).toEqual([]);
  });

  it('a password is no verifier, nor a verifier a password', async () => {
    const owner = await anAccount(service);
    expect(vaultProblemOf(await vaultLogin(service, owner, owner.password))).toEqual(INVALID_CREDENTIALS);
    const { person, identifier } = await aVault(service);
    expect((await logIn(service, { ...person, password: identifier.authVerifier })).statusCode).toBe(401);
  });

  it.each<[string, unknown, string[]]>([
    ['nothing', undefined, ['authVerifier', 'email']],
    ['an array', [], ['body']],
    ['no address', { authVerifier: 'x' }, ['email']],
    ['an address that is none', { email: 'x', authVerifier: 'x' }, ['email']],
    ['an empty verifier', { email: 'a@example.com', authVerifier: '' }, ['authVerifier']],
    ['a verifier of 4097 bytes', { email: 'a@example.com', authVerifier: 'x'.repeat(4097) }, ['authVerifier']],
    ['a code that is a number', { email: 'a@example.com', authVerifier: 'x', totpCode: 123456 }, ['totpCode']],
  ])('names what is wrong with %s', async (_what, body, fields) => {
    const answer = await service.post('/api/auth/login', body);
    expect(vaultProblemOf(answer)).toEqual({ status: 400, code: 'validation' });
    const { error } = answer.json<{ error: { details: { fields: { field: string }[] } } }>();
    expect([...new Set(error.details.fields.map(({ field }) => field))].sort()).toEqual(fields);
  });
});

describe('GET /api/auth/me', () => {
  it('answers as the document prints it', async () => {
    const { person, cookies } = await aVault(service);
    const answer = await service.get('/api/auth/me', cookieHeader(cookies));
    const { username, email } = person;
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { data: { id: expect.any(String), username, email }, message: 'User retrieved successfully' },
    ]);
  });

  it('needs an access token: none, a refresh token or one that has run out is 401', async () => {
    const { cookies } = await aVault(service);
    expect(vaultProblemOf(await service.get('/api/auth/me'))).toEqual(INVALID_TOKEN);
    const refreshToken = cookieHeader({ sv_at: cookies['sv_rt'] ?? '' });
    expect(vaultProblemOf(await service.get('/api/auth/me', refreshToken))).toEqual(INVALID_TOKEN);
    service.clock.advanceSeconds(900);
    expect(vaultProblemOf(await service.get('/api/auth/me', cookieHeader(cookies)))).toEqual(INVALID_TOKEN);
  });
});

describe('GET /api/auth/identifier', () => {
  it('gives the keys as they came, and never the verifier', async () => {
    const { cookies, identifier } = await aVault(service);
    const { authVerifier, ...keys } = identifier;
    const answer = await service.get('/api/auth/identifier', cookieHeader(cookies));
    expect([answer.statusCode, answer.json()]).toEqual([200, { data: keys, message: expect.any(String) }]);
    expect(answer.body).not.toContain(authVerifier);
  });

  it('is 401 without a session', async () => {
    expect(vaultProblemOf(await service.get('/api/auth/identifier'))).toEqual(INVALID_TOKEN);
  });

  it('is 404 where the account has no vault', async () => {
    const headers = bearer(await signIn(service, await anAccount(service)));
    expect(vaultProblemOf(await service.get('/api/auth/identifier', headers))).toEqual({
      status: 404,
      code: 'not-found',
    });
  });
});

describe('a session', () => {
  it('of a vault is one everywhere: as bearer, as header, as cookie', async () => {
    const { person, cookies } = await aVault(service);
    const access = cookies['sv_at'] ?? '';
    for (const headers of [bearer({ access }), { 'access-token': access }, { cookie: `sv_at=${access}` }]) {
      const me = await service.get('/user/me', headers);
      expect([me.statusCode, me.json()]).toMatchObject([200, { email: person.email, username: person.username }]);
    }
    const sessions = await service.get('/auth/sessions', cookieHeader(cookies));
    expect(sessions.body).toContain('"vault"');
  });

  it('of another contract is good here', async () => {
    const owner = await anAccount(service);
    const headers = bearer(await signIn(service, owner));
    expect((await service.get('/api/auth/me', headers)).json()).toMatchObject({ data: { email: owner.email } });
  });

  it('of a vault lasts as printed, whatever native’s sessions do', async () => {
    const { cookies } = await aVault(service);
    const { iat, exp } = decodeJwt(cookies['sv_at'] ?? '');
    expect((exp ?? 0) - (iat ?? 0)).toBe(900);
    const refreshed = decodeJwt(cookies['sv_rt'] ?? '');
    expect((refreshed.exp ?? 0) - (refreshed.iat ?? 0)).toBe(7 * 86_400);
    const native = tokensIn(await logIn(service, await anAccount(service)));
    const ofNative = decodeJwt(native.refresh);
    expect((ofNative.exp ?? 0) - (ofNative.iat ?? 0)).toBe(30 * 86_400);
  });
});

it('cookies of a session that has ended are cleared by signing out, which says that there was none', async () => {
  const { cookies } = await aVault(service);
  const logout = (headers: Record<string, string>) =>
    service.inject({ method: 'DELETE', url: '/api/auth/logout', headers });
  expect((await logout(cookieHeader(cookies))).statusCode).toBe(200);
  const again = await logout(cookieHeader(cookies));
  expect(vaultProblemOf(again)).toEqual({ status: 401, code: 'invalid-refresh-token' });
  expect(cookiesOf(again)).toMatchObject({ sv_at: '', sv_rt: '' });
  // a page of somebody else's must not be able to do that
  const { cookies: live } = await aVault(service);
  const foreign = await logout({ ...cookieHeader(live), origin: 'https://evil.example' });
  expect([foreign.statusCode, foreign.cookies]).toEqual([403, []]);
});

it('every path answers with a trailing slash too', async () => {
  const { person, identifier, cookies } = await aVault(service);
  const headers = cookieHeader(cookies);
  const { email } = person;
  const answers = [
    await service.post('/api/auth/login/', { email, authVerifier: identifier.authVerifier }),
    await service.post('/api/auth/prelogin/', { email }),
    await service.post('/api/auth/report-failed/', { email }),
    await service.get('/api/auth/me/', headers),
    await service.get('/api/auth/identifier/', headers),
    await service.post('/api/auth/refresh/', undefined, headers),
    await service.inject({ method: 'DELETE', url: '/api/auth/logout/', headers }),
  ];
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array<number>(7).fill(200));
});

it('an unknown path below it is 404 in its own form', async () => {
  expect(vaultProblemOf(await service.get('/api/auth/nowhere'))).toEqual({ status: 404, code: 'not-found' });
  expect(vaultProblemOf(await service.post('/api/user/identifier', { email: 'a@example.com' }))).toEqual({
    status: 404,
    code: 'not-found',
  });
});
