import { anAccount, bearer, signIn } from '../../support/accounts';
import { startDescribedApp } from '../../support/described-app';
import { enableTotp } from '../../support/second-factor';
import { undosIn } from '../../support/takeover';
import type { TestApp } from '../../support/test-app';
import {
  anIdentifier,
  aVault,
  cookieHeader,
  cookiesOf,
  undoInApp,
  vaultLogin,
  type Identifier,
  type VaultPerson,
} from '../../support/vault';
import { vaultProblemOf } from '../../support/vault-problem';

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp();
});
afterAll(() => service.close());

const INVALID_TICKET = { status: 401, code: 'invalid-ticket' };
const INVALID_CREDENTIALS = { status: 401, code: 'invalid-credentials' };
const next = anIdentifier({ nonce: 'bmV4dA==', authVerifier: 'what the new master password derives' });

interface Changed {
  readonly person: VaultPerson;
  readonly identifier: Identifier;
  readonly cookies: Record<string, string>;
  /** Of the notice's link. */
  readonly token: string;
}

/** A vault to which a second factor was added. */
async function aChangedVault(): Promise<Changed> {
  const { person, identifier, cookies } = await aVault(service);
  await enableTotp(service, { access: cookies['sv_at'] ?? '' });
  const [token = ''] = await undosIn(service, person.email);
  return { person, identifier, cookies, token };
}

const prelogin = (token: unknown) => service.post('/api/auth/undo/prelogin', { token });
const identifierOf = (token: unknown, formerAuthVerifier: unknown) =>
  service.post('/api/auth/undo/identifier', { token, formerAuthVerifier });

it('the link shows what to derive with, and the former keys to the former verifier', async () => {
  const { identifier, token } = await aChangedVault();
  const { authVerifier, ...keys } = identifier;
  const { salt, argon2Params } = keys;
  const shown = await prelogin(token);
  expect([shown.statusCode, shown.json()]).toEqual([
    200,
    { data: { salt, argon2Params }, message: 'Prelogin success' },
  ]);
  const opened = await identifierOf(token, authVerifier);
  expect([opened.statusCode, opened.json()]).toEqual([
    200,
    { data: keys, message: 'User identifier retrieved successfully' },
  ]);
  expect(vaultProblemOf(await identifierOf(token, 'wrong'))).toEqual(INVALID_CREDENTIALS);
});

it('an undo ends every session, sets the five, and knows the device that made it', async () => {
  const { person, identifier, cookies, token } = await aChangedVault();
  const answer = await undoInApp(service, token, identifier.authVerifier, next);
  expect([answer.statusCode, answer.json()]).toEqual([200, { data: null, message: 'Change undone' }]);
  const { device = '', ...others } = cookiesOf(answer);
  expect(others).toEqual({});
  expect(answer.headers['x-device-token']).toBe(device);
  const ended = await service.get('/api/auth/me', cookieHeader(cookies));
  expect(vaultProblemOf(ended)).toEqual({ status: 401, code: 'session-ended' });
  expect(vaultProblemOf(await vaultLogin(service, person, identifier.authVerifier))).toEqual(INVALID_CREDENTIALS);
  const signedIn = await vaultLogin(service, person, next.authVerifier, { headers: { 'x-device-token': device } });
  expect(signedIn.statusCode).toBe(200);
});

it('an undo works once', async () => {
  const { identifier, token } = await aChangedVault();
  expect((await undoInApp(service, token, identifier.authVerifier, next)).statusCode).toBe(200);
  for (const verifier of [identifier.authVerifier, next.authVerifier]) {
    expect(vaultProblemOf(await undoInApp(service, token, verifier, anIdentifier()))).toEqual(INVALID_TICKET);
  }
  expect(vaultProblemOf(await prelogin(token))).toEqual(INVALID_TICKET);
  expect(vaultProblemOf(await identifierOf(token, next.authVerifier))).toEqual(INVALID_TICKET);
});

it('a wrong verifier changes nothing, and the tenth is the last that is judged', async () => {
  const { person, identifier, token } = await aChangedVault();
  for (let guess = 0; guess < 10; guess += 1) {
    const answer = await (guess % 2 === 0 ? undoInApp(service, token, 'wrong', next) : identifierOf(token, 'wrong'));
    expect(vaultProblemOf(answer)).toEqual(INVALID_CREDENTIALS);
  }
  expect(vaultProblemOf(await undoInApp(service, token, identifier.authVerifier, next))).toEqual(INVALID_TICKET);
  expect(vaultProblemOf(await vaultLogin(service, person, identifier.authVerifier))).toEqual({
    status: 401,
    code: 'mfa-required',
  });
});

it('the link of an account that had no vault shows nothing, and opens to no verifier', async () => {
  const owner = await anAccount(service);
  const tokens = await signIn(service, owner);
  await enableTotp(service, tokens);
  const [token = ''] = await undosIn(service, owner.email);
  expect(vaultProblemOf(await prelogin(token))).toEqual(INVALID_TICKET);
  for (const guess of [owner.password, 'wrong']) {
    expect(vaultProblemOf(await identifierOf(token, guess))).toEqual(INVALID_CREDENTIALS);
    expect(vaultProblemOf(await undoInApp(service, token, guess, next))).toEqual(INVALID_CREDENTIALS);
  }
  expect((await service.get('/user/me', bearer(tokens))).json()).toMatchObject({ mfa_enabled: true });
});

it.each<[string, Record<string, unknown>]>([
  ['formerAuthVerifier', { formerAuthVerifier: '' }],
  ['formerAuthVerifier', { formerAuthVerifier: undefined }],
  ['authVerifier', { authVerifier: 7 }],
  ['encryptedDek', { encryptedDek: 'x'.repeat(4097) }],
  ['salt', { salt: null }],
  ['nonce', { nonce: [] }],
  ['argon2Params', { argon2Params: {} }],
])('a bad %s (%j) is 400 and takes no try', async (field, bad) => {
  const { identifier, token } = await aChangedVault();
  const body = { token, formerAuthVerifier: identifier.authVerifier, ...next };
  for (let attempt = 0; attempt < 11; attempt += 1) {
    const answer = await service.post('/api/auth/undo', { ...body, ...bad });
    expect(vaultProblemOf(answer)).toEqual({ status: 400, code: 'validation' });
    const { error } = answer.json<{ error: { details: { fields: { field: string }[] } } }>();
    expect(error.details.fields.map((fault) => fault.field)).toEqual([field]);
  }
  expect((await service.post('/api/auth/undo', body)).statusCode).toBe(200);
});

it.each(['nonsense', 'x'.repeat(256), '\u0000'])('a token that is none (%j) is 401', async (token) => {
  expect(vaultProblemOf(await prelogin(token))).toEqual(INVALID_TICKET);
  expect(vaultProblemOf(await identifierOf(token, 'any'))).toEqual(INVALID_TICKET);
  expect(vaultProblemOf(await undoInApp(service, token, 'any', next))).toEqual(INVALID_TICKET);
});
