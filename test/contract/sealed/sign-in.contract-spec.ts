import { anAccount, bearer, logIn } from '../../support/accounts';
import { startDescribedApp } from '../../support/described-app';
import { aSecuredAccount, freshCode } from '../../support/second-factor';
import { seal, sealedLogin, sealedProblemOf, sealingKey, tokensIn } from '../../support/sealed';
import { sealedClients } from '../../support/sealed-clients';
import type { TestApp } from '../../support/test-app';

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp({ environment: { LOCKOUT_ATTEMPTS: '100' } });
});
afterAll(() => service.close());

let count = 0;
async function aNamedAccount(password = 'pässwörd 😀 from here') {
  count += 1;
  const username = `sealed-${String(count)}`;
  return { ...(await anAccount(service, { username, password })), username };
}

const INVALID = { status: 401, code: 'invalid-credentials' };

it('GET /auth/key gives an integer and a key on one line, which nobody keeps', async () => {
  const answer = await service.get('/auth/key');
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toEqual({ id: expect.any(Number), key: expect.stringMatching(/^MIIBCgKCAQEA[\w+/=]+$/) });
  expect(answer.headers['cache-control']).toBe('no-store');
});

it.each(Object.keys(sealedClients))('signs in with what %s encrypts, and answers as printed', async (client) => {
  const person = await aNamedAccount();
  const { username, password, email } = person;
  const answer = await service.post('/auth/login', { username, ...(await seal(service, password, client)) });
  expect(answer.statusCode).toBe(200);
  const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(answer.json()).toEqual({
    user: { id: expect.any(Number), email, username, created: instant, updated: instant },
    tokens: { accessToken: expect.any(String), refreshToken: expect.any(String) },
  });
  expect(answer.headers['x-device-token']).toEqual(expect.any(String));
  expect(answer.cookies.map(({ name }) => name)).toEqual(['device']);
});

it('GET /user/me is sealed’s with the header access-token, native’s with a bearer', async () => {
  const { accessToken } = tokensIn(await sealedLogin(service, await aNamedAccount()));
  const sealed = await service.get('/user/me', { 'access-token': accessToken });
  expect(Object.keys(sealed.json())).toEqual(['id', 'email', 'username', 'created', 'updated']);
  const native = await service.get('/user/me', bearer({ access: accessToken }));
  expect(native.json()).toMatchObject({ id: sealed.json<{ id: number }>().id, uuid: expect.any(String) });
  expect(sealedProblemOf(await service.get('/user/me', { 'access-token': 'none' }))).toEqual({
    status: 401,
    code: 'invalid-token',
  });
  expect((await service.get('/user/me')).headers['content-type']).toMatch('problem+json');
});

it('what native’s fields say goes on being native’s, in its own shape', async () => {
  const { username, password, email } = await aNamedAccount();
  expect((await service.post('/auth/login', { username, password })).json()).toHaveProperty('jwt_token');
  const both = await service.post('/auth/login', { username, password, ...(await seal(service, password)) });
  expect(sealedProblemOf(both)).toEqual({ status: 400, code: 'validation' });
  const broken = {
    method: 'POST',
    url: '/auth/login',
    payload: '{"keyID":',
    headers: { 'content-type': 'application/json' },
  } as const;
  expect((await service.inject(broken)).headers['content-type']).toMatch('problem+json');
  expect((await logIn(service, { email, password })).statusCode).toBe(200);
});

it.each<[string, object, string]>([
  ['no username', { username: undefined }, 'username'],
  ['no ciphertext', { encryptedPassword: undefined }, 'encryptedPassword'],
  ['a number for one', { encryptedPassword: 7 }, 'encryptedPassword'],
  ['no key', { keyID: undefined }, 'keyID'],
  ['a key in text', { keyID: '832' }, 'keyID'],
  ['a fraction for one', { keyID: 1.5 }, 'keyID'],
  ['an unknown field', { password: 'in the clear' }, 'password'],
  ['an empty code', { totpCode: '' }, 'totpCode'],
])('%s is 400 and named', async (_what, change, field) => {
  const body = { username: 'somebody', ...(await seal(service, 'secret')), ...change };
  const answer = await service.post('/auth/login', body);
  expect(sealedProblemOf(answer)).toEqual({ status: 400, code: 'validation' });
  expect(answer.json<{ message: string }>().message).toContain(` ${field} `);
});

it('whatever is wrong with a ciphertext is a wrong password, of somebody and of nobody', async () => {
  const { username } = await aNamedAccount();
  const good = await seal(service, 'not the password');
  const faults: object[] = [
    good,
    { ...(await seal(service, 'secret')), keyID: 999_999 },
    { ...(await seal(service, 'secret')), keyID: 2 ** 40 },
    { ...(await seal(service, 'secret')), keyID: -1 },
    { encryptedPassword: '', keyID: good.keyID },
    { encryptedPassword: 'AAAA', keyID: good.keyID },
    { encryptedPassword: 'no base64 at all', keyID: good.keyID },
    { encryptedPassword: Buffer.alloc(256, 0xff).toString('base64'), keyID: good.keyID },
  ];
  const answers: string[] = [];
  for (const fault of faults) {
    for (const name of [username, 'nobody-at-all']) {
      const answer = await service.post('/auth/login', { username: name, ...fault });
      expect(sealedProblemOf(answer)).toEqual(INVALID);
      answers.push(answer.body);
    }
  }
  expect(new Set(answers).size).toBe(1);
});

it('one ciphertext is good once, and its replay is no guess', async () => {
  const { username, password } = await aNamedAccount();
  const body = { username, ...(await seal(service, password)) };
  expect((await service.post('/auth/login', body)).statusCode).toBe(200);
  for (let replay = 0; replay < 110; replay += 1) {
    expect(sealedProblemOf(await service.post('/auth/login', body))).toEqual(INVALID);
  }
  expect((await sealedLogin(service, { username, password })).statusCode).toBe(200);
});

it('a second factor is asked for, and the ciphertext may come once more with a code', async () => {
  count += 1;
  const { owner, secret } = await aSecuredAccount(service, { username: `sealed-${String(count)}` });
  const username = owner.username ?? '';
  const body = { username, ...(await seal(service, owner.password)) };
  const asked = await service.post('/auth/login', body);
  expect(sealedProblemOf(asked)).toEqual({ status: 401, code: 'mfa-required' });
  const totpCode = await freshCode(service, secret);
  // the code was a while in coming; the key is still good
  const finished = await service.post('/auth/login', { ...body, totpCode });
  expect(finished.statusCode).toBe(200);
  expect(sealedProblemOf(await service.post('/auth/login', { ...body, totpCode }))).toEqual(INVALID);
});

it('or the ticket is finished at the route that all contracts share', async () => {
  count += 1;
  const { owner, secret } = await aSecuredAccount(service, { username: `sealed-${String(count)}` });
  const asked = await sealedLogin(service, { username: owner.username ?? '', password: owner.password });
  const { ticket } = asked.json<{ ticket: string }>();
  const finished = await service.post('/auth/mfa/totp', { ticket, code: await freshCode(service, secret) });
  expect(finished.statusCode).toBe(200);
  const { refresh_token: refreshToken } = finished.json<{ refresh_token: string }>();
  expect((await service.get('/auth/refresh-token', { 'refresh-token': refreshToken })).statusCode).toBe(200);
});

it('a key serves everybody for two minutes', async () => {
  const { username, password } = await aNamedAccount();
  const { id, key } = await sealingKey(service);
  const sealed = [1, 2].map(async () => ({
    encryptedPassword: (await sealedClients['jsencrypt']?.(password, key)) ?? '',
    keyID: id,
  }));
  service.clock.advanceSeconds(119);
  expect((await service.post('/auth/login', { username, ...(await sealed[0]) })).statusCode).toBe(200);
  service.clock.advanceSeconds(1);
  expect(sealedProblemOf(await service.post('/auth/login', { username, ...(await sealed[1]) }))).toEqual(INVALID);
});

describe('GET /auth/refresh-token', () => {
  const refresh = (refreshToken: string) => service.get('/auth/refresh-token', { 'refresh-token': refreshToken });

  it('rotates, and nobody keeps what it gives', async () => {
    const { refreshToken } = tokensIn(await sealedLogin(service, await aNamedAccount()));
    const answer = await refresh(refreshToken);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ accessToken: expect.any(String), refreshToken: expect.any(String) });
    expect(answer.headers['cache-control']).toBe('no-store');
    const next = answer.json<{ refreshToken: string; accessToken: string }>();
    expect(next.refreshToken).not.toBe(refreshToken);
    expect((await service.get('/user/me', { 'access-token': next.accessToken })).statusCode).toBe(200);
    expect((await refresh(next.refreshToken)).statusCode).toBe(200);
    service.clock.advanceSeconds(60);
    expect(sealedProblemOf(await refresh(refreshToken))).toEqual({ status: 401, code: 'refresh-token-reused' });
  });

  it('takes no other contract’s token, nor an access token, and leaves their sessions alone', async () => {
    const { email, password } = await aNamedAccount();
    const native = (await logIn(service, { email, password })).json<{ refresh_token: string; jwt_token: string }>();
    for (const token of [native.refresh_token, native.jwt_token, 'none', 'x'.repeat(5000)]) {
      expect(sealedProblemOf(await refresh(token))).toEqual({ status: 401, code: 'invalid-refresh-token' });
    }
    expect(sealedProblemOf(await service.get('/auth/refresh-token'))).toEqual({
      status: 401,
      code: 'invalid-refresh-token',
    });
    const { refresh_token } = native;
    expect((await service.post('/auth/token/refresh', { refresh_token })).statusCode).toBe(200);
  });

  it('rotates nothing for HEAD', async () => {
    const { refreshToken } = tokensIn(await sealedLogin(service, await aNamedAccount()));
    const headers = { 'refresh-token': refreshToken };
    const head = await service.inject({ method: 'HEAD', url: '/auth/refresh-token', headers });
    expect(head.statusCode).toBe(404);
    service.clock.advanceSeconds(60);
    expect((await refresh(refreshToken)).statusCode).toBe(200);
  });
});

it('a path that is none of the shared ones is native’s, whatever the body', async () => {
  const answer = await service.post('/auth/login;x', { username: 'somebody', ...(await seal(service, 'secret')) });
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8']);
});
