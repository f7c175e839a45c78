import { anAccount, bearer, expectStatus, signIn } from '../../support/accounts';
import { startDescribedApp } from '../../support/described-app';
import type { TestApp } from '../../support/test-app';
import { anIdentifier, aVault, cookieHeader, cookiesOf, patch, vaultLogin, type Identifier } from '../../support/vault';
import { vaultProblemOf } from '../../support/vault-problem';

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp();
});
afterAll(() => service.close());

type Cookies = Record<string, string>;

const INVALID_CREDENTIALS = { status: 401, code: 'invalid-credentials' };

/** All five are other ones. */
const next: Identifier = {
  encryptedDek: Buffer.alloc(48, 4).toString('base64'),
  salt: Buffer.alloc(16, 5).toString('base64'),
  nonce: Buffer.alloc(24, 6).toString('base64'),
  argon2Params: '{"algorithm":"argon2id","version":19,"memory":131072,"iterations":4,"parallelism":1}',
  authVerifier: 'what the new master password derives',
};

const change = (cookies: Cookies, currentAuthVerifier: unknown, identifier: Identifier = next) =>
  patch(service, '/api/auth/verif/identifier', { ...identifier, currentAuthVerifier }, cookies);

async function keysOf(cookies: Cookies): Promise<Omit<Identifier, 'authVerifier'>> {
  const answer = expectStatus(await service.get('/api/auth/identifier', cookieHeader(cookies)), 200);
  return answer.json<{ data: Omit<Identifier, 'authVerifier'> }>().data;
}

const withoutVerifier = ({ authVerifier: _verifier, ...keys }: Identifier) => keys;

it('replaces all five at once; this session goes on, every other ends', async () => {
  const { person, identifier, cookies } = await aVault(service);
  const other = cookiesOf(await vaultLogin(service, person, identifier.authVerifier));
  const answer = await change(cookies, identifier.authVerifier);
  expect([answer.statusCode, answer.json()]).toEqual([200, { data: null, message: 'User identifier updated' }]);
  expect(await keysOf(cookies)).toEqual(withoutVerifier(next));
  expect(vaultProblemOf(await service.get('/api/auth/me', cookieHeader(other)))).toEqual({
    status: 401,
    code: 'session-ended',
  });
  const refreshed = await service.post('/api/auth/refresh', undefined, { cookie: `sv_rt=${other['sv_rt'] ?? ''}` });
  expect(vaultProblemOf(refreshed)).toEqual({ status: 401, code: 'invalid-refresh-token' });
  expect(vaultProblemOf(await vaultLogin(service, person, identifier.authVerifier))).toEqual(INVALID_CREDENTIALS);
  expect((await vaultLogin(service, person, next.authVerifier)).statusCode).toBe(200);
  const prelogin = await service.post('/api/auth/prelogin', { email: person.email });
  expect(prelogin.json()).toMatchObject({ data: { salt: next.salt, argon2Params: next.argon2Params } });
});

it('goes by a bearer as well as by the cookie', async () => {
  const { identifier, cookies } = await aVault(service);
  const answer = await service.inject({
    method: 'PATCH',
    url: '/api/auth/verif/identifier',
    headers: bearer({ access: cookies['sv_at'] ?? '' }),
    payload: { ...next, currentAuthVerifier: identifier.authVerifier },
  });
  expect(answer.statusCode).toBe(200);
});

it('tells the owner by mail', async () => {
  const { person, identifier, cookies } = await aVault(service);
  const before = (await service.mailsTo(person.email)).length;
  expectStatus(await change(cookies, identifier.authVerifier), 200);
  const [mail, ...rest] = await service.mailsTo(person.email);
  expect(rest).toHaveLength(before);
  expect(mail?.subject).toMatch(/password/i);
  expect(mail?.text).toContain('/undo?token=');
  expect(mail?.text).toContain('vault’s app');
});

it.each<[string, unknown]>([
  ['no present verifier', undefined],
  ['null in its place', null],
  ['an empty one', ''],
  ['a number', 7],
  ['one of 4097 bytes', 'x'.repeat(4097)],
])('with %s is 400, and nothing changes', async (_what, current) => {
  const { identifier, cookies } = await aVault(service);
  const answer = await change(cookies, current);
  expect(vaultProblemOf(answer)).toEqual({ status: 400, code: 'validation' });
  const { error } = answer.json<{ error: { details: { fields: { field: string }[] } } }>();
  expect(error.details.fields.map(({ field }) => field)).toEqual(['currentAuthVerifier']);
  expect(await keysOf(cookies)).toEqual(withoutVerifier(identifier));
});

it('with a wrong one is 401, and neither keys nor verifier change', async () => {
  const { person, identifier, cookies } = await aVault(service);
  expect(vaultProblemOf(await change(cookies, 'wrong'))).toEqual(INVALID_CREDENTIALS);
  expect(await keysOf(cookies)).toEqual(withoutVerifier(identifier));
  expect((await vaultLogin(service, person, identifier.authVerifier)).statusCode).toBe(200);
  expect(vaultProblemOf(await vaultLogin(service, person, next.authVerifier))).toEqual(INVALID_CREDENTIALS);
});

it('wrong ones count as any guess: the right one is refused once there were too many', async () => {
  const { identifier, cookies } = await aVault(service);
  const guesses: number[] = [];
  for (let guess = 0; guess < 40; guess += 1) guesses.push((await change(cookies, 'wrong')).statusCode);
  const firstLocked = guesses.indexOf(429);
  expect(firstLocked).toBeGreaterThan(0);
  expect(guesses.slice(0, firstLocked)).toEqual(Array<number>(firstLocked).fill(401));
  expect(vaultProblemOf(await change(cookies, identifier.authVerifier))).toEqual({ status: 429, code: 'locked' });
  expect(await keysOf(cookies)).toEqual(withoutVerifier(identifier));
});

it('the password of an account is not its verifier: one without a vault cannot get one so', async () => {
  const owner = await anAccount(service);
  const { access } = await signIn(service, owner);
  expect(vaultProblemOf(await change({ sv_at: access }, owner.password))).toEqual(INVALID_CREDENTIALS);
  const keys = await service.get('/api/auth/identifier', bearer({ access }));
  expect(vaultProblemOf(keys)).toEqual({ status: 404, code: 'not-found' });
});

it('an ended session changes nothing, even with the right verifier', async () => {
  const { person, identifier, cookies } = await aVault(service);
  const logout = { method: 'DELETE', url: '/api/auth/logout', headers: cookieHeader(cookies) } as const;
  expectStatus(await service.inject(logout), 200);
  expect((await change(cookies, identifier.authVerifier)).statusCode).toBe(401);
  expect((await vaultLogin(service, person, identifier.authVerifier)).statusCode).toBe(200);
});

it('the same five again are a change like any other', async () => {
  const { identifier, cookies } = await aVault(service);
  expect((await change(cookies, identifier.authVerifier, anIdentifier())).statusCode).toBe(200);
  expect(await keysOf(cookies)).toEqual(withoutVerifier(identifier));
});
