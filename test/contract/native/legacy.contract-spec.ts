import { decodeJwt } from 'jose';
import {
  aPerson,
  anAccount,
  bearer,
  logIn,
  newestTicket,
  register,
  signIn,
  tokensIn,
  type Person,
  type Tokens,
} from '../../support/accounts';
import { problemOf } from '../../support/problem';
import { startDescribedApp } from '../../support/described-app';
import type { TestApp } from '../../support/test-app';

let service: TestApp;
let strict: TestApp;
beforeAll(async () => {
  service = await startDescribedApp({ environment: { LEGACY_SPELLINGS: 'true' } });
  strict = await startDescribedApp();
});
afterAll(() => Promise.all([service.close(), strict.close()]));

const query = (text: string) => encodeURIComponent(text);
const JSON_ACCEPTED = { accept: 'application/json' };

describe('POST /auth/register with user_data and register_options', () => {
  const user_data = { plan: 'free', nested: { list: [1, 'two', null, true], ключ: '🔑' } };
  const register_options = { allowed_roles: ['admin', 'user'], default_role: 'admin' };

  async function profileOf({ email }: Person): Promise<{ profile: unknown; roles: string[] } | undefined> {
    const sql = 'SELECT profile, roles FROM users WHERE email = $1';
    return (await service.database.dataSource.query<{ profile: unknown; roles: string[] }[]>(sql, [email]))[0];
  }

  it('keeps them with the account, where they grant nothing', async () => {
    const person = aPerson();
    const answer = await service.post('/auth/register', { ...person, cookie: true, user_data, register_options });
    expect([answer.statusCode, answer.body, answer.headers['set-cookie']]).toEqual([204, '', undefined]);
    const ticket = await newestTicket(service, person, 'activate');
    expect((await service.post('/auth/activate', { ticket })).statusCode).toBe(204);
    expect(await profileOf(person)).toEqual({ profile: { user_data, register_options }, roles: [] });
    const tokens = await signIn(service, person);
    expect(decodeJwt(tokens.access)['roles']).toEqual([]);
    const me = await service.get('/user/me', bearer(tokens));
    expect(me.json()).toMatchObject({ roles: [] });
    expect(me.body).not.toContain('plan');
  });

  it('keeps the data of the registration whose ticket is spent, not of a stranger’s', async () => {
    const person = aPerson();
    await service.post('/auth/register', { ...person, user_data: { whose: 'mine' } });
    const ticket = await newestTicket(service, person, 'activate');
    await service.post('/auth/register', { ...person, password: 'a stranger’s', user_data: { whose: 'a stranger’s' } });
    await service.post('/auth/activate', { ticket });
    expect(await profileOf(person)).toMatchObject({ profile: { user_data: { whose: 'mine' } } });
  });

  it.each<[string, object, string[]]>([
    ['a NUL', { user_data: { a: 'x\0y' } }, ['user_data']],
    ['a NUL in a name', { user_data: { 'x\0y': 1 } }, ['user_data']],
    ['a NUL deep inside', { user_data: { a: [{ b: ['\0'] }] } }, ['user_data']],
    ['a lone surrogate', { user_data: { a: '\ud800' } }, ['user_data']],
    ['a lone surrogate in a name', { register_options: { '\udfff': 1 } }, ['register_options']],
    ['a list', { user_data: [] }, ['user_data']],
    ['text', { user_data: 'x', register_options: 'y' }, ['user_data', 'register_options']],
    ['null', { user_data: null }, ['user_data']],
    ['more than 8 KiB', { user_data: { a: 'x'.repeat(8192) } }, ['user_data']],
    ['a cookie that is no boolean', { cookie: 'yes' }, ['cookie']],
    ['a field that no client sends', { roles: ['admin'] }, ['roles']],
  ])('%s is 400', async (_what, more, fields) => {
    const answer = await service.post('/auth/register', { ...aPerson(), ...more });
    expect(problemOf(answer)).toEqual({ status: 400, code: 'validation', fields });
  });

  it('is 400 for an unknown field without LEGACY_SPELLINGS', async () => {
    const answer = await strict.post('/auth/register', { ...aPerson(), cookie: true, user_data, register_options });
    expect(problemOf(answer)).toEqual({
      status: 400,
      code: 'validation',
      fields: ['cookie', 'user_data', 'register_options'],
    });
  });
});

describe('GET /auth/activate?ticket=', () => {
  const activate = (ticket: string, headers: Record<string, string>) =>
    service.get(`/auth/activate?ticket=${query(ticket)}`, headers);

  async function aTicket(): Promise<[Person, string]> {
    const person = aPerson();
    await register(service, person);
    return [person, await newestTicket(service, person, 'activate')];
  }

  it.each([
    'application/json',
    'application/json, text/plain, */*',
    'text/html;q=0.5, application/json',
    'Application/JSON; charset=utf-8',
  ])('activates when asked for JSON: %s', async (accept) => {
    const [person, ticket] = await aTicket();
    const answer = await activate(ticket, { accept });
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    expect(answer.headers['x-device-token']).toEqual(expect.any(String));
    await signIn(service, person);
    expect(problemOf(await activate(ticket, { accept }))).toEqual({ status: 401, code: 'invalid-ticket' });
  });

  it.each([
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
    'text/html, application/json',
    'application/json;q=0, */*',
    'application/json;q=0.3, text/html;q=0.9',
    '*/*',
    '',
  ])('shows the page, which spends nothing, to everybody else: %j', async (accept) => {
    const [person, ticket] = await aTicket();
    const answer = await activate(ticket, accept === '' ? {} : { accept });
    expect([answer.statusCode, answer.headers.location, answer.headers['set-cookie']]).toEqual([
      303,
      `http://localhost:3000/activate?ticket=${ticket}`,
      undefined,
    ]);
    expect((await logIn(service, person)).statusCode).toBe(401);
    expect((await activate(ticket, JSON_ACCEPTED)).statusCode).toBe(204);
  });

  it('refuses a ticket that is wrong, missing, or given twice', async () => {
    for (const ticket of ['unknown', 'x'.repeat(257), '\0', '☃']) {
      expect(problemOf(await activate(ticket, JSON_ACCEPTED))).toEqual({ status: 401, code: 'invalid-ticket' });
    }
    for (const url of ['/auth/activate', '/auth/activate?ticket=', '/auth/activate?ticket=a&ticket=b']) {
      const problem = { status: 400, code: 'validation', fields: ['ticket'] };
      expect(problemOf(await service.get(url, JSON_ACCEPTED))).toEqual(problem);
      expect(problemOf(await service.get(url))).toEqual(problem);
    }
  });

  it('redirects to nowhere but the page, whatever the ticket says', async () => {
    const answer = await activate('x&next=https://evil.example.com/\r\nset-cookie: a=b', {});
    expect(answer.headers.location).toBe(
      'http://localhost:3000/activate?ticket=x%26next%3Dhttps%3A%2F%2Fevil.example.com%2F%0D%0Aset-cookie%3A%20a%3Db',
    );
    expect(answer.headers['set-cookie']).toBeUndefined();
  });
});

describe('GET /auth/token/refresh?refresh_token=', () => {
  const refresh = (token: string) => service.get(`/auth/token/refresh?refresh_token=${query(token)}`);

  it('rotates; the new token comes in JSON', async () => {
    const tokens = await signIn(service, await anAccount(service));
    const answer = await refresh(tokens.refresh);
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.json()).toEqual({
      jwt_token: expect.any(String),
      jwt_expires_in: 900_000,
      refresh_token: expect.any(String),
      refresh_expires_in: 2_592_000_000,
    });
    expect((await refresh(tokensIn(answer).refresh)).statusCode).toBe(200);
    expect(problemOf(await refresh(tokens.refresh))).toEqual({ status: 401, code: 'refresh-token-reused' });
  });

  it('refuses a wrong token, none, and two; and takes none from the cookie', async () => {
    const { refresh: token } = await signIn(service, await anAccount(service));
    expect(problemOf(await refresh('nonsense'))).toEqual({ status: 401, code: 'invalid-refresh-token' });
    for (const url of ['/auth/token/refresh', `/auth/token/refresh?refresh_token=${token}&refresh_token=${token}`]) {
      const answer = await service.get(url, { cookie: `refresh_token=${token}` });
      expect(problemOf(answer)).toEqual({ status: 400, code: 'validation', fields: ['refresh_token'] });
    }
  });
});

describe('POST /auth/logout', () => {
  const logout = (tokens: Tokens, body?: object) =>
    service.post(`/auth/logout?refresh_token=${query(tokens.refresh)}`, body);
  const isLive = async (tokens: Tokens) => (await service.get('/user/me', bearer(tokens))).statusCode === 200;

  it('ends the session of the token in the URL at once', async () => {
    const owner = await anAccount(service);
    const [tokens, other] = [await signIn(service, owner), await signIn(service, owner)];
    const answer = await logout(tokens);
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    expect(answer.cookies.map(({ name, value, maxAge }) => [name, value, maxAge])).toEqual(
      ['refresh_token', 'sv_at', 'sv_rt'].map((name) => [name, '', 0]),
    );
    expect([await isLive(tokens), await isLive(other)]).toEqual([false, true]);
    expect(problemOf(await logout(tokens))).toEqual({ status: 401, code: 'invalid-refresh-token' });
  });

  it('with all: true ends every session of the account', async () => {
    const owner = await anAccount(service);
    const sessions = [await signIn(service, owner), await signIn(service, owner)] as const;
    expect((await logout(sessions[0], { all: true })).statusCode).toBe(204);
    expect(await Promise.all(sessions.map(isLive))).toEqual([false, false]);
  });

  it('takes the token by cookie, from our own origin alone', async () => {
    const tokens = await signIn(service, await anAccount(service));
    const cookie = `refresh_token=${tokens.refresh}`;
    const foreign = await service.post('/auth/logout', undefined, { cookie, origin: 'https://evil.example.com' });
    expect(problemOf(foreign)).toEqual({ status: 403, code: 'cross-site' });
    expect(await isLive(tokens)).toBe(true);
    expect((await service.post('/auth/logout', undefined, { cookie })).statusCode).toBe(204);
    expect(await isLive(tokens)).toBe(false);
  });

  it('a superseded token ends its session and tells the owner, as at a refresh', async () => {
    const owner = await anAccount(service);
    const tokens = await signIn(service, owner);
    const next = tokensIn(await service.post('/auth/token/refresh', { refresh_token: tokens.refresh }));
    await service.post('/auth/token/refresh', { refresh_token: next.refresh });
    expect(problemOf(await logout(tokens))).toEqual({ status: 401, code: 'refresh-token-reused' });
    expect((await service.mailsTo(owner.email))[0]?.subject).toContain('signed one of your sessions out');
  });

  it('refuses no token, a wrong one, and a body that is wrong', async () => {
    const tokens = await signIn(service, await anAccount(service));
    const invalid = { status: 401, code: 'invalid-refresh-token' };
    expect(problemOf(await service.post('/auth/logout'))).toEqual(invalid);
    expect(problemOf(await logout({ ...tokens, refresh: 'nonsense' }))).toEqual(invalid);
    expect(problemOf(await logout({ ...tokens, refresh: tokens.device }))).toEqual(invalid);
    expect(problemOf(await logout(tokens, { all: 'yes' }))).toMatchObject({ status: 400, fields: ['all'] });
    expect(await isLive(tokens)).toBe(true);
  });
});
