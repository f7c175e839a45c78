import type { Response } from 'light-my-request';
import { anAccount, signIn } from '../../support/accounts';
import { startDescribedApp } from '../../support/described-app';
import { startTestApp, type TestApp } from '../../support/test-app';
import { aVault, cookieHeader, cookiesOf, enrol, aVaultPerson, vaultLogin } from '../../support/vault';
import { vaultProblemOf } from '../../support/vault-problem';

let service: TestApp & { readonly dataDir: string };
beforeAll(async () => {
  service = await startDescribedApp();
});
afterAll(() => service.close());

type Cookies = Record<string, string>;

const CLEARED = ['refresh_token', 'sv_at', 'sv_rt'].map(
  (name) => `${name}=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax`,
);
const INVALID_REFRESH_TOKEN = { status: 401, code: 'invalid-refresh-token' };

const refresh = (cookies: Cookies) => service.post('/api/auth/refresh', undefined, cookieHeader(cookies));
const logout = (cookies: Cookies) =>
  service.inject({ method: 'DELETE', url: '/api/auth/logout', headers: cookieHeader(cookies) });
const me = (cookies: Cookies) => service.get('/api/auth/me', cookieHeader(cookies));
const setBy = (answer: Response) => [answer.headers['set-cookie']].flat().sort();
/** The refresh token alone: the device token that comes with it would make late repeats welcome. */
const only = ({ sv_rt = '' }: Cookies): Cookies => ({ sv_rt });

describe('POST /api/auth/refresh', () => {
  it('answers as the document prints it, and sets both cookies anew', async () => {
    const { cookies } = await aVault(service);
    service.clock.advanceSeconds(901);
    const answer = await refresh(cookies);
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { data: { accessToken: expect.any(String), refreshToken: expect.any(String) }, message: 'Token refreshed' },
    ]);
    const { data } = answer.json<{ data: { accessToken: string; refreshToken: string } }>();
    expect(setBy(answer)).toEqual([
      `sv_at=${data.accessToken}; Max-Age=900; Path=/; HttpOnly; SameSite=Lax`,
      `sv_rt=${data.refreshToken}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax`,
    ]);
    expect(data.refreshToken).not.toBe(cookies['sv_rt']);
    expect(data.accessToken).not.toBe(cookies['sv_at']);
    expect((await me(cookiesOf(answer))).statusCode).toBe(200);
    expect((await me(cookies)).statusCode).toBe(401); // 15 minutes have passed
  });

  it('gives the former token the same successor for 30 seconds', async () => {
    const { cookies } = await aVault(service);
    const first = cookiesOf(await refresh(only(cookies)));
    service.clock.advanceSeconds(30);
    expect(cookiesOf(await refresh(only(cookies)))['sv_rt']).toBe(first['sv_rt']);
  });

  it.each<[string, (cookies: Cookies) => Promise<void>]>([
    [
      'after 30 seconds',
      async (cookies) => {
        await refresh(only(cookies));
        service.clock.advanceSeconds(31);
      },
    ],
    [
      'after its successor was used',
      async (cookies) => {
        await refresh(only(cookiesOf(await refresh(only(cookies)))));
      },
    ],
  ])('a former token %s ends the session and clears its cookies', async (_when, use) => {
    const { cookies } = await aVault(service);
    await use(cookies);
    const answer = await refresh(only(cookies));
    expect(vaultProblemOf(answer)).toEqual({ status: 401, code: 'refresh-token-reused' });
    expect(setBy(answer)).toEqual(CLEARED);
    expect(vaultProblemOf(await me(cookies))).toEqual({ status: 401, code: 'session-ended' });
    expect(vaultProblemOf(await refresh(only(cookies)))).toEqual(INVALID_REFRESH_TOKEN);
  });

  it('outlives seven days only by being used', async () => {
    const { cookies } = await aVault(service);
    service.clock.advanceSeconds(7 * 86_400 - 1);
    const renewed = cookiesOf(await refresh(cookies));
    service.clock.advanceSeconds(7 * 86_400);
    expect(vaultProblemOf(await refresh(renewed))).toEqual(INVALID_REFRESH_TOKEN);
  });

  it('needs the cookie, with a refresh token of a vault in it', async () => {
    const { cookies } = await aVault(service);
    const enrolment = await enrol(service, aVaultPerson());
    for (const wrong of [
      {},
      { sv_rt: '' },
      { sv_rt: 'x' },
      { sv_rt: cookies['sv_at'] ?? '' },
      { sv_rt: enrolment['sv_at'] ?? '' },
      { refresh_token: cookies['sv_rt'] ?? '' },
    ]) {
      expect(vaultProblemOf(await refresh(wrong))).toEqual(INVALID_REFRESH_TOKEN);
    }
    const inBody = { refreshToken: cookies['sv_rt'], refresh_token: cookies['sv_rt'] };
    expect(vaultProblemOf(await service.post('/api/auth/refresh', inBody))).toEqual(INVALID_REFRESH_TOKEN);
    expect((await refresh(cookies)).statusCode).toBe(200);
  });

  it('does not take native’s refresh token, whose session goes on', async () => {
    const tokens = await signIn(service, await anAccount(service));
    expect(vaultProblemOf(await refresh({ sv_rt: tokens.refresh }))).toEqual(INVALID_REFRESH_TOKEN);
    expect((await service.post('/auth/token/refresh', { refresh_token: tokens.refresh })).statusCode).toBe(200);
  });

  it('nor does native take a vault’s', async () => {
    const { cookies } = await aVault(service);
    const token = cookies['sv_rt'] ?? '';
    for (const answer of [
      await service.post('/auth/token/refresh', { refresh_token: token }),
      await service.post('/auth/token/refresh', undefined, { cookie: `refresh_token=${token}` }),
    ]) {
      expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([401, 'invalid-refresh-token']);
    }
    expect((await me(cookies)).statusCode).toBe(200);
    expect((await refresh(cookies)).statusCode).toBe(200);
  });
});

describe('DELETE /api/auth/logout', () => {
  it.each([
    ['both cookies', ['sv_at', 'sv_rt']],
    ['the access token alone', ['sv_at']],
    ['the refresh token alone', ['sv_rt']],
  ])('ends the session at once, by %s', async (_what, names) => {
    const { person, identifier, cookies } = await aVault(service);
    const other = cookiesOf(await vaultLogin(service, person, identifier.authVerifier));
    const answer = await logout(Object.fromEntries(names.map((name) => [name, cookies[name] ?? ''])));
    expect([answer.statusCode, answer.json()]).toEqual([200, { data: null, message: 'Logged out successfully' }]);
    expect(setBy(answer)).toEqual(CLEARED);
    expect(vaultProblemOf(await me(cookies))).toEqual({ status: 401, code: 'session-ended' });
    expect(vaultProblemOf(await refresh(cookies))).toEqual(INVALID_REFRESH_TOKEN);
    expect((await me(other)).statusCode).toBe(200);
  });

  it('goes by the refresh token where the access token has run out', async () => {
    const { cookies } = await aVault(service);
    service.clock.advanceSeconds(901);
    expect((await logout(cookies)).statusCode).toBe(200);
    expect(vaultProblemOf(await refresh(cookies))).toEqual(INVALID_REFRESH_TOKEN);
  });

  it('is 401 without either, and with an enrolment’s token', async () => {
    expect(vaultProblemOf(await logout({}))).toEqual({ status: 401, code: 'invalid-token' });
    const enrolment = await enrol(service, aVaultPerson());
    expect(vaultProblemOf(await logout(enrolment))).toEqual({ status: 401, code: 'invalid-token' });
  });
});

it('under https every cookie is Secure, and the device’s is the host’s alone', async () => {
  const { database, clock, dataDir } = service;
  // its mails go nowhere: the vault is made where they arrive
  const environment = { PUBLIC_URL: 'https://id.example.org', TRUST_PROXY: 'none', SMTP_URL: 'smtp://localhost' };
  const secure = await startTestApp({ environment, database, clock, dataDir });
  const { person, identifier } = await aVault(service);
  const cookies = cookiesOf(await vaultLogin(secure, person, identifier.authVerifier));
  const answers = [
    await vaultLogin(secure, person, identifier.authVerifier),
    await secure.post('/api/auth/refresh', undefined, cookieHeader(cookies)),
    await secure.inject({ method: 'DELETE', url: '/api/auth/logout', headers: cookieHeader(cookies) }),
    await secure.post('/api/auth', { username: 'secure-one', email: 'secure@example.com' }),
  ];
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200]);
  for (const line of answers.flatMap(setBy)) expect(line).toMatch(/; Path=\/;.* HttpOnly; Secure; SameSite=Lax$/);
  expect(Object.keys(cookies).sort()).toEqual(['__Host-device', 'sv_at', 'sv_rt']);
  await secure.close();
});
