import { decodeJwt, decodeProtectedHeader } from 'jose';
import { aPerson, anAccount, bearer, logIn, register, signIn, tokensIn, type Person } from '../../support/accounts';
import { problemOf } from '../../support/problem';
import { startDescribedApp } from '../../support/described-app';
import type { TestApp } from '../../support/test-app';

let service: TestApp;
let owner: Person;
beforeAll(async () => {
  service = await startDescribedApp();
  owner = await anAccount(service, { username: 'Owner' });
});
afterAll(() => service.close());

const INVALID_CREDENTIALS = { status: 401, code: 'invalid-credentials' };
const inSql = (sql: string) => service.database.dataSource.query(sql, [owner.email]);

describe('POST /auth/login', () => {
  it('answers the document’s request: an access token in JSON, a refresh token by cookie', async () => {
    const { email, password } = owner;
    const answer = await service.post('/auth/login', { email, password });
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    expect(answer.json()).toEqual({ jwt_token: expect.any(String), jwt_expires_in: 900_000 });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect([answer.headers['set-cookie']].flat().sort()).toEqual([
      expect.stringMatching(/^device=[\w.-]+; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/),
      expect.stringMatching(/^refresh_token=[\w.-]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    const device = answer.cookies.find(({ name }) => name === 'device');
    expect(answer.headers['x-device-token']).toBe(device?.value);
  });

  it('with cookie: false answers everything in JSON and sets no cookie', async () => {
    const answer = await logIn(service, owner);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.json()).toEqual({
      jwt_token: expect.any(String),
      jwt_expires_in: 900_000,
      refresh_token: expect.any(String),
      refresh_expires_in: 2_592_000_000,
      device_token: answer.headers['x-device-token'],
    });
  });

  it('takes the address or the username, in any case', async () => {
    const { password } = owner;
    for (const name of [{ username: 'oWNER' }, { email: owner.email.toUpperCase() }, { email: ` ${owner.email} ` }]) {
      const answer = await service.post('/auth/login', { ...name, password });
      expect([name, answer.statusCode]).toEqual([name, 200]);
    }
  });

  it('signs the claims that the contract names, under a published key', async () => {
    const { access } = await signIn(service, owner);
    const { kid, ...header } = decodeProtectedHeader(access);
    expect(header).toEqual({ alg: 'ES256', typ: 'JWT' });
    const { keys } = (await service.get('/auth/jwks')).json<{ keys: { kid: string }[] }>();
    expect(keys.map((key) => key.kid)).toContain(kid);
    const now = service.clock.epochSeconds();
    const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string;
    const claims = decodeJwt(access);
    expect(claims).toEqual({
      iss: 'http://localhost:3000',
      aud: 'latchkey',
      sub: uuid,
      sid: uuid,
      iat: now,
      exp: now + 900,
      jti: uuid,
      token_type: 'access',
      auth_time: now,
      amr: ['pwd'],
      uid: claims.sub,
      email: owner.email,
      email_verified: true,
      roles: [],
    });
  });

  it('refuses unknown, wrong, and pending alike, and reminds of the activation mail', async () => {
    const pending = aPerson();
    await register(service, pending);
    const answers = [
      await logIn(service, aPerson()),
      await logIn(service, { ...owner, password: 'wrong' }),
      await logIn(service, pending),
      await service.post('/auth/login', { username: 'nobody', password: 'wrong' }),
    ];
    expect(answers.map(problemOf)).toEqual(Array(4).fill(INVALID_CREDENTIALS));
    expect(answers[0]?.json<{ detail: string }>().detail).toContain('activation mail');
  });

  it('tells that an account is disabled only after the right password', async () => {
    await inSql(`UPDATE users SET disabled_at = now() WHERE email = $1`);
    const [wrong, right] = [await logIn(service, { ...owner, password: 'wrong' }), await logIn(service, owner)];
    await inSql(`UPDATE users SET disabled_at = NULL WHERE email = $1`);
    expect([problemOf(wrong), problemOf(right)]).toEqual([INVALID_CREDENTIALS, { status: 403, code: 'disabled' }]);
  });

  it('keeps a browser’s device as long as it shows its token, by cookie or header', async () => {
    const first = await signIn(service, owner);
    for (const headers of [{ 'x-device-token': first.device }, { cookie: `device=${first.device}` }] as object[]) {
      const again = await signIn(service, owner, headers as Record<string, string>);
      expect(decodeJwt(again.device).jti).toBe(decodeJwt(first.device).jti);
    }
    expect(decodeJwt((await signIn(service, owner)).device).jti).not.toBe(decodeJwt(first.device).jti);
  });
});

describe('POST /auth/reauthenticate', () => {
  it('answers a fresh access token of the same session, and no refresh token', async () => {
    const tokens = await signIn(service, owner);
    service.clock.advanceSeconds(600);
    const answer = await service.post('/auth/reauthenticate', { password: owner.password }, bearer(tokens));
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.json()).toEqual({ jwt_token: expect.any(String), jwt_expires_in: 900_000 });
    const [before, after] = [decodeJwt(tokens.access), decodeJwt(tokensIn(answer).access)];
    expect(after['sid']).toBe(before['sid']);
    expect(after['auth_time']).toBe(Number(before['auth_time']) + 600);
  });

  it('keeps the fresh auth_time when the session is refreshed', async () => {
    const tokens = await signIn(service, owner);
    service.clock.advanceSeconds(600);
    await service.post('/auth/reauthenticate', { password: owner.password }, bearer(tokens));
    const refreshed = await service.post('/auth/token/refresh', { refresh_token: tokens.refresh });
    expect(decodeJwt(tokensIn(refreshed).access)['auth_time']).toBe(service.clock.epochSeconds());
  });

  it('refuses a wrong password, and a verifier where the account has none', async () => {
    const headers = bearer(await signIn(service, owner));
    for (const body of [{ password: 'wrong' }, { auth_verifier: owner.password }]) {
      expect(problemOf(await service.post('/auth/reauthenticate', body, headers))).toEqual(INVALID_CREDENTIALS);
    }
    const anonymous = await service.post('/auth/reauthenticate', { password: owner.password });
    expect(problemOf(anonymous)).toEqual({ status: 401, code: 'invalid-token' });
  });
});

describe('with REQUIRE_VERIFIED_EMAIL=true', () => {
  let strict: TestApp;
  beforeAll(async () => {
    strict = await startDescribedApp({ environment: { AUTO_ACTIVATE: 'true', REQUIRE_VERIFIED_EMAIL: 'true' } });
  });
  afterAll(() => strict.close());

  it('an unproved account is told so only after the right password', async () => {
    const person = aPerson();
    await register(strict, person);
    expect(problemOf(await logIn(strict, person))).toEqual({ status: 403, code: 'not-activated' });
    expect(problemOf(await logIn(strict, { ...person, password: 'wrong' }))).toEqual(INVALID_CREDENTIALS);
  });
});
