import { decodeJwt } from 'jose';
import type { Response } from 'light-my-request';
import { anAccount, bearer, expectStatus, signIn } from '../../support/accounts';
import {
  aClaimsAccount,
  claimsLogin,
  claimsProblemOf,
  claimsRefresh,
  claimsSignIn,
  claimsTokensIn,
  verifyToken,
} from '../../support/claims';
import { startDescribedApp } from '../../support/described-app';
import type { TestApp } from '../../support/test-app';

let service: TestApp & { readonly dataDir: string };
beforeAll(async () => {
  service = await startDescribedApp();
});
afterAll(() => service.close());

const INVALID_CREDENTIALS = { status: 401, code: 'invalid-credentials' };
const INVALID_REFRESH_TOKEN = { status: 401, code: 'invalid-refresh-token' };
const INVALID_TOKEN = { status: 401, code: 'invalid-token' };
const SESSION_ENDED = { status: 401, code: 'session-ended' };

const me = (headers: Record<string, string> = {}) => service.get('/api/v1/authorized/me', headers);
const seenBy = (answer: Response) => [answer.statusCode, answer.json<unknown>()];

describe('POST /api/v1/login', () => {
  it('answers as the document prints it, in seconds, with a device token', async () => {
    const person = await aClaimsAccount(service);
    const answer = await claimsLogin(service, person);
    expect(seenBy(answer)).toEqual([
      200,
      {
        access_token: expect.any(String),
        expires_in: 3600,
        refresh_expires_in: 259_200,
        refresh_token: expect.any(String),
      },
    ]);
    expect([answer.headers['set-cookie']].flat()).toEqual([
      `device=${String(answer.headers['x-device-token'])}; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax`,
    ]);
    const { access, refresh } = claimsTokensIn(answer);
    const lives = [access, refresh].map(decodeJwt).map(({ exp = 0, iat = 0, token_type }) => [token_type, exp - iat]);
    expect(lives).toEqual([
      ['access', 3600],
      ['refresh', 259_200],
    ]);
  });

  it('takes accounts of other contracts, and any case of the address', async () => {
    const owner = await anAccount(service);
    expect((await claimsLogin(service, { ...owner, email: owner.email.toUpperCase() })).statusCode).toBe(200);
  });

  it('refuses a wrong password and an unknown address alike', async () => {
    const person = await aClaimsAccount(service);
    const answers = [
      await claimsLogin(service, { ...person, password: 'wrong' }),
      await claimsLogin(service, { email: 'nobody@example.com', password: person.password }),
    ];
    expect(answers.map(claimsProblemOf)).toEqual([INVALID_CREDENTIALS, INVALID_CREDENTIALS]);
    expect(answers[0]?.body).toBe(answers[1]?.body);
  });

  it.each<[string, unknown, string[]]>([
    ['nothing', undefined, ['email', 'password']],
    ['an array', [], ['body']],
    ['no address', { password: 'x' }, ['email']],
    ['an empty password', { email: 'a@example.com', password: '' }, ['password']],
    ['a code that is a number', { email: 'a@example.com', password: 'x', totp_code: 123456 }, ['totp_code']],
  ])('names what is wrong with %s', async (_what, body, fields) => {
    const answer = await service.post('/api/v1/login', body);
    expect(claimsProblemOf(answer)).toEqual({ status: 400, code: 'validation' });
    for (const field of fields) expect(answer.json<{ error: string }>().error).toContain(`${field} `);
  });

  it('is locked like every other way to guess: 429 with Retry-After', async () => {
    const person = await aClaimsAccount(service);
    for (let guess = 0; guess < 10; guess += 1) await claimsLogin(service, { ...person, password: 'wrong' });
    expect(claimsProblemOf(await claimsLogin(service, person))).toEqual({ status: 429, code: 'locked' });
  });
});

describe('POST /api/v1/refresh', () => {
  it('answers as the document prints it; the refresh token stays as good as it was', async () => {
    const { access, refresh } = await claimsSignIn(service, await aClaimsAccount(service));
    for (let times = 0; times < 3; times += 1) {
      service.clock.advanceSeconds(3600);
      const answer = await claimsRefresh(service, refresh);
      expect(seenBy(answer)).toEqual([200, { access_token: expect.any(String), expires_in: 3600 }]);
      expect(answer.headers['set-cookie']).toBeUndefined();
      const { access: fresh } = claimsTokensIn(answer);
      expect(decodeJwt(fresh)['sid']).toBe(decodeJwt(access)['sid']);
      expect((await me(bearer({ access: fresh }))).statusCode).toBe(200);
    }
    expect(claimsProblemOf(await me(bearer({ access })))).toEqual(INVALID_TOKEN);
  });

  it('is good for three days from the sign-in, however often it is used', async () => {
    const { refresh } = await claimsSignIn(service, await aClaimsAccount(service));
    service.clock.advanceSeconds(259_199);
    expect((await claimsRefresh(service, refresh)).statusCode).toBe(200);
    service.clock.advanceSeconds(1);
    expect(claimsProblemOf(await claimsRefresh(service, refresh))).toEqual(INVALID_REFRESH_TOKEN);
  });

  it('ends with its session', async () => {
    const tokens = await claimsSignIn(service, await aClaimsAccount(service));
    expectStatus(await service.post('/auth/token/revoke', undefined, bearer(tokens)), 204);
    expect(claimsProblemOf(await claimsRefresh(service, tokens.refresh))).toEqual(INVALID_REFRESH_TOKEN);
  });

  it('takes no other token, and native’s session goes on', async () => {
    const { access, device } = await claimsSignIn(service, await aClaimsAccount(service));
    const native = await signIn(service, await anAccount(service));
    for (const wrong of [access, device, native.refresh, native.access, 'x', 17, 'x'.repeat(5000)]) {
      expect(claimsProblemOf(await claimsRefresh(service, wrong))).toEqual(INVALID_REFRESH_TOKEN);
    }
    expect(claimsProblemOf(await service.post('/api/v1/refresh', {}))).toEqual({ status: 400, code: 'validation' });
    const cookie = { cookie: `refresh_token=${native.refresh}` };
    expect((await service.post('/api/v1/refresh', {}, cookie)).statusCode).toBe(400);
    expect((await service.post('/auth/token/refresh', { refresh_token: native.refresh })).statusCode).toBe(200);
  });

  it('nor does another contract take its token, and the session goes on', async () => {
    const tokens = await claimsSignIn(service, await aClaimsAccount(service));
    for (const answer of [
      await service.post('/auth/token/refresh', { refresh_token: tokens.refresh }),
      await service.post('/auth/token/refresh', undefined, { cookie: `refresh_token=${tokens.refresh}` }),
      await service.post('/api/auth/refresh', undefined, { cookie: `sv_rt=${tokens.refresh}` }),
    ]) {
      expect(answer.statusCode).toBe(401);
      expect(answer.body).toContain('invalid-refresh-token');
    }
    expect((await me(bearer(tokens))).statusCode).toBe(200);
    expect((await claimsRefresh(service, tokens.refresh)).statusCode).toBe(200);
  });
});

describe('GET /api/v1/authorized/me', () => {
  it('shows what the token says, as the document prints it and more', async () => {
    const person = await aClaimsAccount(service);
    const tokens = await claimsSignIn(service, person);
    const said = decodeJwt(tokens.access);
    const answer = await me(bearer(tokens));
    const { uid, exp, iat } = said as { uid: string; exp: number; iat: number };
    expect(answer.json()).toMatchObject({ claims: { uid, email: person.email, exp, iat, token_type: 'access' } });
    expect(Object.keys(answer.json<{ claims: object }>().claims)).not.toContain('jti');
  });

  it('answers the same a second time, when the token is remembered', async () => {
    const tokens = await claimsSignIn(service, await aClaimsAccount(service));
    const [first, second] = [await me(bearer(tokens)), await me({ 'access-token': tokens.access })];
    expect(second.json()).toEqual(first.json());
  });

  it('needs a live access token: none, a refresh token or an ended session is 401', async () => {
    const person = await aClaimsAccount(service);
    const tokens = await claimsSignIn(service, person);
    expect(claimsProblemOf(await me())).toEqual(INVALID_TOKEN);
    expect(claimsProblemOf(await me(bearer({ access: tokens.refresh })))).toEqual(INVALID_TOKEN);
    await service.database.dataSource.query('UPDATE users SET disabled_at = now() WHERE email = $1', [person.email]);
    expect(claimsProblemOf(await me(bearer(tokens)))).toEqual(SESSION_ENDED);
  });
});

describe.each(['/api/v1/logout', '/api/v1/authorized/logout'])('POST %s', (path) => {
  it('answers as the document prints it, and ends this session at once, everywhere', async () => {
    const person = await aClaimsAccount(service);
    const [tokens, other] = [await claimsSignIn(service, person), await claimsSignIn(service, person)];
    expect(seenBy(await service.post(path, undefined, bearer(tokens)))).toEqual([
      200,
      { message: 'logout successful' },
    ]);
    expect(claimsProblemOf(await me(bearer(tokens)))).toEqual(SESSION_ENDED);
    expect((await service.get('/user/me', bearer(tokens))).statusCode).toBe(401);
    expect(claimsProblemOf(await claimsRefresh(service, tokens.refresh))).toEqual(INVALID_REFRESH_TOKEN);
    for (const token of [tokens.access, tokens.refresh]) {
      expect((await verifyToken(service, token)).statusCode).toBe(401);
    }
    expect((await me(bearer(other))).statusCode).toBe(200);
  });

  it('is 401 without a session', async () => {
    expect(claimsProblemOf(await service.post(path))).toEqual(INVALID_TOKEN);
  });
});

describe('a session made here', () => {
  it('is listed by native, and is revoked there', async () => {
    const person = await aClaimsAccount(service);
    const [mine, other] = [await signIn(service, person), await claimsSignIn(service, person)];
    const list = (await service.get('/auth/sessions', bearer(mine))).json<{ id: string; contract: string }[]>();
    const listed = list.find(({ contract }) => contract === 'claims');
    expect(listed?.id).toBe(decodeJwt(other.access)['sid']);
    const url = `/auth/sessions/${String(listed?.id)}`;
    expectStatus(await service.inject({ method: 'DELETE', url, headers: bearer(mine) }), 204);
    expect(claimsProblemOf(await me(bearer(other)))).toEqual(SESSION_ENDED);
    expect(claimsProblemOf(await claimsRefresh(service, other.refresh))).toEqual(INVALID_REFRESH_TOKEN);
  });

  it('of native is good here', async () => {
    const owner = await anAccount(service);
    const tokens = await signIn(service, owner);
    expect((await me(bearer(tokens))).json()).toMatchObject({ claims: { email: owner.email, email_verified: true } });
    expect((await service.post('/api/v1/logout', undefined, bearer(tokens))).statusCode).toBe(200);
    expect((await service.get('/user/me', bearer(tokens))).statusCode).toBe(401);
  });
});

it('an unknown path below it is 404 in its own form, and every path answers with a slash behind it', async () => {
  expect(claimsProblemOf(await service.get('/api/v1/nowhere'))).toEqual({ status: 404, code: 'not-found' });
  expect(claimsProblemOf(await service.post('/api/v1/authorized'))).toEqual({ status: 404, code: 'not-found' });
  const person = await aClaimsAccount(service);
  const tokens = await claimsSignIn(service, person);
  const answers = [
    await service.post('/api/v1/login/', { email: person.email, password: person.password }),
    await service.post('/api/v1/refresh/', { refresh_token: tokens.refresh }),
    await service.post('/api/v1/verify/', { token: tokens.access }),
    await service.post('/api/v1/password-reset/', { email: person.email, username: person.username }),
    await service.get('/api/v1/authorized/me/', bearer(tokens)),
    await service.post('/api/v1/authorized/logout/', undefined, bearer(tokens)),
  ];
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array<number>(6).fill(200));
});
