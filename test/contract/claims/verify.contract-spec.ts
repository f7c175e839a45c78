import { decodeJwt } from 'jose';
import { anAccount, bearer, expectStatus, signIn } from '../../support/accounts';
import {
  aClaimsAccount,
  claimsProblemOf,
  claimsRefresh,
  claimsSignIn,
  verifyToken,
  type ClaimsPerson,
  type ClaimsTokens,
} from '../../support/claims';
import { startDescribedApp } from '../../support/described-app';
import { startTestApp, type TestApp } from '../../support/test-app';
import { aVault, aVaultPerson, enrol } from '../../support/vault';

let service: TestApp & { readonly dataDir: string };
let person: ClaimsPerson;
let tokens: ClaimsTokens;
beforeAll(async () => {
  service = await startDescribedApp();
});
beforeEach(async () => {
  person = await aClaimsAccount(service);
  tokens = await claimsSignIn(service, person);
});
afterAll(() => service.close());

const INVALID_TOKEN = { status: 401, code: 'invalid-token' };
const SESSION_ENDED = { status: 401, code: 'session-ended' };

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('POST /api/v1/verify', () => {
  it.each(['access', 'refresh'] as const)('answers for an %s token as the document prints it', async (kind) => {
    const { iat, exp } = decodeJwt(tokens[kind]);
    const { sub: uid } = decodeJwt(tokens.access);
    const answer = await verifyToken(service, tokens[kind]);
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { token: { token_type: kind, uid, email: person.email, exp, iat } },
    ]);
  });

  it.each([
    ['access', 3599],
    ['refresh', 259_199],
  ] as const)('an %s token is good for %d seconds and no longer', async (kind, seconds) => {
    service.clock.advanceSeconds(seconds);
    expect((await verifyToken(service, tokens[kind])).statusCode).toBe(200);
    service.clock.advanceSeconds(1);
    expect(claimsProblemOf(await verifyToken(service, tokens[kind]))).toEqual(INVALID_TOKEN);
  });

  it('a refresh token that was used is as live as before, and to verify it uses up nothing', async () => {
    for (let times = 0; times < 2; times += 1) {
      expectStatus(await verifyToken(service, tokens.refresh), 200);
      expectStatus(await claimsRefresh(service, tokens.refresh), 200);
    }
  });

  it('takes the access tokens of every contract', async () => {
    const native = await signIn(service, await anAccount(service));
    const { cookies } = await aVault(service);
    for (const token of [native.access, cookies['sv_at']]) {
      const { sub, email, exp, iat } = decodeJwt(token ?? '');
      expect((await verifyToken(service, token)).json()).toEqual({
        token: { token_type: 'access', uid: sub, email, exp, iat },
      });
    }
  });

  it('takes no refresh token of another contract, whose session goes on', async () => {
    const native = await signIn(service, await anAccount(service));
    const { cookies } = await aVault(service);
    for (const token of [native.refresh, cookies['sv_rt']]) {
      expect(claimsProblemOf(await verifyToken(service, token))).toEqual(INVALID_TOKEN);
    }
    expectStatus(await service.post('/auth/token/refresh', { refresh_token: native.refresh }), 200);
    expectStatus(
      await service.post('/api/auth/refresh', undefined, { cookie: `sv_rt=${cookies['sv_rt'] ?? ''}` }),
      200,
    );
  });

  it('takes no device token, no enrolment’s token, no ticket', async () => {
    const enrolment = await enrol(service, aVaultPerson());
    for (const token of [tokens.device, enrolment['sv_at'], 'x', '', 17, {}, 'x'.repeat(9000), '..', '\0']) {
      expect(claimsProblemOf(await verifyToken(service, token))).toEqual(INVALID_TOKEN);
    }
    expect(claimsProblemOf(await service.post('/api/v1/verify', {}))).toEqual({ status: 400, code: 'validation' });
  });

  it('takes no token whose kind, signature or algorithm was changed', async () => {
    const none = encode({ alg: 'none', typ: 'JWT' });
    for (const kind of ['access', 'refresh'] as const) {
      const [header = '', payload = '', signature = ''] = tokens[kind].split('.');
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
      const changed = encode({ ...claims, token_type: kind === 'access' ? 'refresh' : 'access' });
      const shared = encode({ alg: 'HS256', typ: 'JWT' });
      for (const token of [
        `${header}.${changed}.${signature}`,
        `${header}.${payload}.`,
        `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
        `${none}.${payload}.`,
        `${none}.${payload}.${signature}`,
        `${shared}.${payload}.${signature}`,
      ]) {
        // HS256 is what refresh tokens are signed with
        if (token === tokens.refresh) continue;
        expect(claimsProblemOf(await verifyToken(service, token))).toEqual(INVALID_TOKEN);
      }
    }
  });

  it('takes no token of another service with the same claims', async () => {
    const other = await startTestApp({ clock: service.clock });
    const theirs = await claimsSignIn(other, await aClaimsAccount(other));
    for (const token of [theirs.access, theirs.refresh]) {
      expect(claimsProblemOf(await verifyToken(service, token))).toEqual(INVALID_TOKEN);
    }
    await other.close();
  });

  it.each<[string, () => Promise<unknown>]>([
    ['logout', () => service.post('/api/v1/logout', undefined, bearer(tokens))],
    ['another contract’s revocation', () => service.post('/auth/token/revoke', undefined, bearer(tokens))],
    ['the account’s end', () => service.post('/auth/delete', undefined, bearer(tokens))],
  ])('after %s both tokens are refused at once', async (_what, end) => {
    await end();
    expect(claimsProblemOf(await verifyToken(service, tokens.access))).toEqual(SESSION_ENDED);
    expect(claimsProblemOf(await verifyToken(service, tokens.refresh))).toEqual(INVALID_TOKEN);
  });

  it('a disabled account’s tokens are refused, and refresh nothing', async () => {
    await service.database.dataSource.query('UPDATE users SET disabled_at = now() WHERE email = $1', [person.email]);
    for (const token of [tokens.access, tokens.refresh]) {
      expect(claimsProblemOf(await verifyToken(service, token))).toEqual(SESSION_ENDED);
    }
    const refreshed = await claimsRefresh(service, tokens.refresh);
    expect(claimsProblemOf(refreshed)).toEqual({ status: 401, code: 'invalid-refresh-token' });
    await service.database.dataSource.query('UPDATE users SET disabled_at = NULL WHERE email = $1', [person.email]);
    // the refresh has ended the session
    expect(claimsProblemOf(await verifyToken(service, tokens.access))).toEqual(SESSION_ENDED);
  });
});

describe('budgets of networks', () => {
  it.each([
    ['/api/v1/verify', 'token'],
    ['/api/v1/refresh', 'refresh_token'],
  ])('%s is charged for failures only', async (url, field) => {
    const { database, clock, dataDir } = service;
    const strict = await startTestApp({ database, clock, dataDir, environment: { THROTTLE_LIMIT: '3' } });
    const send = (token: string) => strict.post(url, { [field]: token });
    for (let times = 0; times < 10; times += 1) expectStatus(await send(tokens.refresh), 200);
    for (let times = 0; times < 3; times += 1) expectStatus(await send('x'), 401);
    expect(claimsProblemOf(await send('x'))).toEqual({ status: 429, code: 'too-many-requests' });
    await strict.close();
  });
});
