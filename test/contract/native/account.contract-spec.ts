import { sealedProblemOf } from '../../support/sealed';
import { decodeJwt } from 'jose';
import { anAccount, bearer, logIn, resetTicket, signIn } from '../../support/accounts';
import { problemOf } from '../../support/problem';
import { startDescribedApp } from '../../support/described-app';
import type { TestApp } from '../../support/test-app';

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp();
});
afterAll(() => service.close());

describe('GET /user/me', () => {
  it('answers the account, field by field', async () => {
    const owner = await anAccount(service, { username: 'Ida' });
    const created = service.clock.now().toISOString();
    service.clock.advanceSeconds(60);
    const tokens = await signIn(service, owner);
    const answer = await service.get('/user/me', bearer(tokens));
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(answer.json()).toEqual({
      id: expect.any(Number),
      uuid: decodeJwt(tokens.access).sub,
      email: owner.email,
      username: 'Ida',
      created,
      updated: created,
      roles: [],
      email_verified: true,
      mfa_enabled: false,
      display_name: null,
      locale: null,
    });
  });

  it('numbers accounts in whole numbers, one more each', async () => {
    const numberOf = async () => {
      const answer = await service.get('/user/me', bearer(await signIn(service, await anAccount(service))));
      return answer.json<{ id: number }>().id;
    };
    const first = await numberOf();
    expect(Number.isSafeInteger(first)).toBe(true);
    expect(await numberOf()).toBeGreaterThan(first);
  });

  it.each<[string, Record<string, string>]>([
    ['no token', {}],
    ['an empty token', { authorization: 'Bearer ' }],
    ['no JWT', { authorization: 'Bearer nonsense' }],
    ['another scheme', { authorization: 'Basic aWRhOnB3' }],
  ])('refuses %s', async (_what, headers) => {
    expect(problemOf(await service.get('/user/me', headers))).toEqual({ status: 401, code: 'invalid-token' });
  });

  it('refuses an empty header of the other name, in the shape of whose clients send it', async () => {
    const answer = await service.get('/user/me', { 'access-token': '' });
    expect(sealedProblemOf(answer)).toEqual({ status: 401, code: 'invalid-token' });
  });

  it('takes the token from either header, not from two that disagree, and from the cookie only without them', async () => {
    const [mine, other] = [
      await signIn(service, await anAccount(service)),
      await signIn(service, await anAccount(service)),
    ];
    const { authorization } = bearer(mine);
    const status = async (headers: Record<string, string>) => (await service.get('/user/me', headers)).statusCode;
    expect(await status({ 'access-token': mine.access })).toBe(200);
    expect(await status({ authorization, 'access-token': mine.access })).toBe(200);
    expect(await status({ authorization, 'access-token': other.access })).toBe(401);
    expect(await status({ cookie: `sv_at=${mine.access}` })).toBe(200);
    const [me, byCookie] = await Promise.all([
      service.get('/user/me', { authorization }),
      service.get('/user/me', { authorization, cookie: `sv_at=${other.access}` }),
    ]);
    expect(byCookie.json()).toEqual(me.json());
  });

  it('refuses a token from the second it expires', async () => {
    const headers = bearer(await signIn(service, await anAccount(service)));
    service.clock.advanceSeconds(899);
    expect((await service.get('/user/me', headers)).statusCode).toBe(200);
    service.clock.advanceSeconds(1);
    expect(problemOf(await service.get('/user/me', headers))).toEqual({ status: 401, code: 'invalid-token' });
  });
});

describe('POST /auth/delete', () => {
  it('answers 204, clears every cookie, and all that is the account’s is gone', async () => {
    const owner = await anAccount(service);
    const ticket = await resetTicket(service, owner);
    const tokens = await signIn(service, owner);
    const answer = await service.post('/auth/delete', undefined, bearer(tokens));
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    expect(answer.cookies.map(({ name, value, maxAge }) => [name, value, maxAge])).toEqual(
      ['refresh_token', 'sv_at', 'sv_rt', 'device'].map((name) => [name, '', 0]),
    );
    for (const url of ['/user/me', '/auth/sessions']) {
      expect(problemOf(await service.get(url, bearer(tokens)))).toEqual({ status: 401, code: 'session-ended' });
    }
    expect(problemOf(await logIn(service, owner))).toEqual({ status: 401, code: 'invalid-credentials' });
    const refreshed = await service.post('/auth/token/refresh', { refresh_token: tokens.refresh });
    expect(problemOf(refreshed)).toEqual({ status: 401, code: 'invalid-refresh-token' });
    const reset = await service.post('/auth/change-password/change', { ticket, new_password: 'another password' });
    expect(problemOf(reset)).toEqual({ status: 401, code: 'invalid-ticket' });
  });

  it('the address and the username are free again', async () => {
    const traits = { email: 'again@example.com', username: 'again' };
    const owner = await anAccount(service, traits);
    await service.post('/auth/delete', undefined, bearer(await signIn(service, owner)));
    await signIn(service, await anAccount(service, traits));
  });

  it('wants a proof that is not older than 15 minutes, and takes a fresh one', async () => {
    const owner = await anAccount(service);
    const tokens = await signIn(service, owner);
    service.clock.advanceSeconds(600);
    const refreshed = await service.post('/auth/token/refresh', { refresh_token: tokens.refresh });
    service.clock.advanceSeconds(301);
    const { jwt_token: access } = refreshed.json<{ jwt_token: string }>();
    const refused = await service.post('/auth/delete', undefined, bearer({ access }));
    expect(problemOf(refused)).toEqual({ status: 403, code: 'reauthentication-required' });
    const again = await service.post('/auth/reauthenticate', { password: owner.password }, bearer({ access }));
    const fresh = bearer({ access: again.json<{ jwt_token: string }>().jwt_token });
    expect((await service.post('/auth/delete', undefined, fresh)).statusCode).toBe(204);
  });

  it('with SELF_DELETE=false nobody deletes himself', async () => {
    const other = await startDescribedApp({ environment: { SELF_DELETE: 'false' } });
    const tokens = await signIn(other, await anAccount(other));
    const refused = await other.post('/auth/delete', undefined, bearer(tokens));
    expect(problemOf(refused)).toEqual({ status: 403, code: 'self-delete-off' });
    expect((await other.get('/user/me', bearer(tokens))).statusCode).toBe(200);
    await other.close();
  });
});

describe('under https', () => {
  it('cookies are Secure, and the device’s name is bound to the host', async () => {
    const environment = {
      PUBLIC_URL: 'https://id.example.com',
      TRUST_PROXY: 'none',
      SMTP_URL: 'smtp://127.0.0.1:9',
      AUTO_ACTIVATE: 'true',
    };
    const secure = await startDescribedApp({ environment });
    const person = { email: 'ida@example.com', password: 'between 6-128 characters' };
    await secure.post('/auth/register', person);
    const signedIn = await secure.post('/auth/login', person);
    expect([signedIn.headers['set-cookie']].flat().sort()).toEqual([
      expect.stringMatching(/^__Host-device=[\w.-]+; Max-Age=31536000; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
      expect.stringMatching(/^refresh_token=[\w.-]+; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
    ]);
    const { jwt_token: access } = signedIn.json<{ jwt_token: string }>();
    const deleted = await secure.post('/auth/delete', undefined, bearer({ access }));
    expect(deleted.cookies.map(({ name, secure: isSecure }) => [name, isSecure])).toEqual(
      ['refresh_token', 'sv_at', 'sv_rt', '__Host-device'].map((name) => [name, true]),
    );
    await secure.close();
  });
});

describe('for whoever watches the process', () => {
  it('GET /healthz answers OK as text, whatever else it is asked', async () => {
    const answer = await service.get('/healthz', { authorization: 'Bearer nonsense' });
    expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([
      200,
      'text/plain; charset=utf-8',
      'OK',
    ]);
  });

  it('GET /readyz answers a line a dependency', async () => {
    const answer = await service.get('/readyz');
    expect([answer.statusCode, answer.json()]).toEqual([200, { database: 'ok', revocations: 'ok', mail: 'ok' }]);
  });
});
