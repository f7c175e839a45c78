import { decodeJwt } from 'jose';
import { anAccount, bearer, signIn, tokensIn, type Person, type Tokens } from '../../support/accounts';
import { problemOf } from '../../support/problem';
import { startDescribedApp } from '../../support/described-app';
import type { TestApp } from '../../support/test-app';

let service: TestApp;
let owner: Person;
beforeAll(async () => {
  service = await startDescribedApp();
  owner = await anAccount(service);
});
afterAll(() => service.close());

const CLEARED = [
  'refresh_token=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax',
  'sv_at=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax',
  'sv_rt=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax',
];
const INVALID_REFRESH_TOKEN = { status: 401, code: 'invalid-refresh-token' };
const SESSION_ENDED = { status: 401, code: 'session-ended' };

const byCookie = (token: string) => ({ cookie: `refresh_token=${token}` });
const refresh = (token: string) => service.post('/auth/token/refresh', { refresh_token: token });
const whoIs = (tokens: Tokens) => service.get('/user/me', bearer(tokens));
const idOf = ({ access }: Tokens) => String(decodeJwt(access)['sid']);

describe('POST /auth/token/refresh', () => {
  it('takes the cookie and answers by cookie', async () => {
    const { refresh: token } = await signIn(service, owner);
    const answer = await service.post('/auth/token/refresh', undefined, byCookie(token));
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ jwt_token: expect.any(String), jwt_expires_in: 900_000 });
    expect(answer.headers['set-cookie']).toMatch(
      /^refresh_token=[\w.-]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    expect(answer.cookies[0]?.value).not.toBe(token);
  });

  it('takes JSON and answers in JSON, with no cookie', async () => {
    const answer = await refresh((await signIn(service, owner)).refresh);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.json()).toEqual({
      jwt_token: expect.any(String),
      jwt_expires_in: 900_000,
      refresh_token: expect.any(String),
      refresh_expires_in: 2_592_000_000,
    });
  });

  it('never gives a cookie’s successor in JSON', async () => {
    const headers = byCookie((await signIn(service, owner)).refresh);
    const answer = await service.post('/auth/token/refresh', { refresh_token: null }, headers);
    expect(problemOf(answer)).toEqual({ status: 400, code: 'validation', fields: ['refresh_token'] });
  });

  it('prefers the body to the cookie', async () => {
    const [kept, spent] = [await signIn(service, owner), await signIn(service, owner)];
    const body = { refresh_token: spent.refresh };
    const answer = await service.post('/auth/token/refresh', body, byCookie(kept.refresh));
    expect(decodeJwt(tokensIn(answer).access)['sid']).toBe(idOf(spent));
  });

  it.each<[string, unknown]>([
    ['none at all', undefined],
    ['an empty one', { refresh_token: '' }],
    ['a number', { refresh_token: 7 }],
    ['no JWT', { refresh_token: 'x' }],
    ['one that is too long', { refresh_token: 'x'.repeat(5000) }],
  ])('refuses %s', async (_what, body) => {
    expect(problemOf(await service.post('/auth/token/refresh', body))).toEqual(INVALID_REFRESH_TOKEN);
  });

  it('refuses one that was left unused for too long', async () => {
    const { refresh: token } = await signIn(service, owner);
    service.clock.advanceSeconds(30 * 86_400);
    expect(problemOf(await refresh(token))).toEqual(INVALID_REFRESH_TOKEN);
  });

  it('ends the session of one that was used before, and mails its owner', async () => {
    const first = await signIn(service, owner);
    const second = tokensIn(await refresh(first.refresh));
    const third = tokensIn(await refresh(second.refresh));
    expect(problemOf(await refresh(first.refresh))).toEqual({ status: 401, code: 'refresh-token-reused' });
    expect(problemOf(await refresh(third.refresh))).toEqual(INVALID_REFRESH_TOKEN);
    const [mail] = await service.mailsTo(owner.email);
    expect(mail?.subject).toContain('signed one of your sessions out');
  });
});

describe('POST /auth/token/revoke', () => {
  it('ends this session at once, access tokens included, and clears its cookies', async () => {
    const [ended, other] = [await signIn(service, owner), await signIn(service, owner)];
    const answer = await service.post('/auth/token/revoke', undefined, bearer(ended));
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    expect(answer.headers['set-cookie']).toEqual(CLEARED);
    expect(problemOf(await whoIs(ended))).toEqual(SESSION_ENDED);
    expect(problemOf(await refresh(ended.refresh))).toEqual(INVALID_REFRESH_TOKEN);
    expect((await whoIs(other)).statusCode).toBe(200);
  });

  it('all: ends every session of the account', async () => {
    const sessions = [await signIn(service, owner), await signIn(service, owner)];
    const answer = await service.post('/auth/token/revoke', { all: true }, bearer(sessions[0]!));
    expect([answer.statusCode, answer.headers['set-cookie']]).toEqual([204, CLEARED]);
    for (const session of sessions) expect(problemOf(await whoIs(session))).toEqual(SESSION_ENDED);
  });

  it('others: ends every other session and leaves this one its cookies', async () => {
    const [kept, ended] = [await signIn(service, owner), await signIn(service, owner)];
    const answer = await service.post('/auth/token/revoke', { others: true }, bearer(kept));
    expect([answer.statusCode, answer.headers['set-cookie']]).toEqual([204, undefined]);
    expect(problemOf(await whoIs(ended))).toEqual(SESSION_ENDED);
    expect((await whoIs(kept)).statusCode).toBe(200);
    expect((await refresh(kept.refresh)).statusCode).toBe(200);
  });

  it.each([{ all: true }, { others: true }])(
    '%j: also ends a session whose access token outlives its refresh token',
    async (body) => {
      const environment = { ACCESS_TOKEN_TTL: '15m', REFRESH_TOKEN_TTL: '1m' };
      const other = await startDescribedApp({ environment });
      const person = await anAccount(other);
      const stale = await signIn(other, person);
      other.clock.advanceSeconds(120);
      await other.post('/auth/token/revoke', body, bearer(await signIn(other, person)));
      expect(problemOf(await other.get('/user/me', bearer(stale)))).toEqual(SESSION_ENDED);
      await other.close();
    },
  );

  it('leaves other people’s sessions alone', async () => {
    const stranger = await signIn(service, await anAccount(service));
    await service.post('/auth/token/revoke', { all: true }, bearer(await signIn(service, owner)));
    expect((await whoIs(stranger)).statusCode).toBe(200);
  });
});

describe('GET /auth/sessions', () => {
  it('lists the live sessions of the account, the last used first', async () => {
    await service.post('/auth/token/revoke', { all: true }, bearer(await signIn(service, owner)));
    const older = await signIn(service, owner, { 'user-agent': 'Older/1.0' });
    service.clock.advanceSeconds(60);
    const current = await signIn(service, owner, { 'user-agent': 'Newer/1.0' });
    const answer = await service.get('/auth/sessions', bearer(current));
    const now = service.clock.now();
    const at = (seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();
    const facts = { ip: '127.0.0.1', contract: 'native' };
    expect(answer.json()).toEqual([
      {
        id: idOf(current),
        created: at(0),
        last_seen: at(0),
        expires: at(2_592_000),
        user_agent: 'Newer/1.0',
        current: true,
        ...facts,
      },
      {
        id: idOf(older),
        created: at(-60),
        last_seen: at(-60),
        expires: at(2_591_940),
        user_agent: 'Older/1.0',
        current: false,
        ...facts,
      },
    ]);
  });
});

describe('DELETE /auth/sessions/:id', () => {
  const end = (id: string, tokens: Tokens) =>
    service.inject({ method: 'DELETE', url: `/auth/sessions/${id}`, headers: bearer(tokens) });

  it('ends another session of the account, and leaves this one its cookies', async () => {
    const [current, other] = [await signIn(service, owner), await signIn(service, owner)];
    const answer = await end(idOf(other), current);
    expect([answer.statusCode, answer.body, answer.headers['set-cookie']]).toEqual([204, '', undefined]);
    expect(problemOf(await whoIs(other))).toEqual(SESSION_ENDED);
    expect((await whoIs(current)).statusCode).toBe(200);
  });

  it('clears the cookies when it ends the session that asks', async () => {
    const current = await signIn(service, owner);
    expect((await end(idOf(current), current)).headers['set-cookie']).toEqual(CLEARED);
    expect(problemOf(await whoIs(current))).toEqual(SESSION_ENDED);
  });

  it('does not know the sessions of others, nor what is no session', async () => {
    const [current, stranger] = [await signIn(service, owner), await signIn(service, await anAccount(service))];
    for (const id of [idOf(stranger), '6a135423-85c8-4c99-b9ca-3a0108202255', 'nonsense', '%00']) {
      expect(problemOf(await end(id, current))).toEqual({ status: 404, code: 'not-found' });
    }
    expect((await whoIs(stranger)).statusCode).toBe(200);
  });
});

describe('GET /auth/jwks', () => {
  it.each(['/auth/jwks', '/.well-known/jwks.json'])('%s shows public parts only, and may be cached', async (url) => {
    const answer = await service.get(url);
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'public, max-age=300']);
    const { keys, ...rest } = answer.json<{ keys: object[] }>();
    expect(rest).toEqual({});
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      expect(key).toEqual({
        kty: 'EC',
        crv: 'P-256',
        x: expect.any(String),
        y: expect.any(String),
        kid: expect.any(String),
        alg: 'ES256',
        use: 'sig',
      });
    }
  });
});
