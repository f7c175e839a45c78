import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import type { AccessClaims } from '../../src/core/session/access-claims';
import { SigningKeys } from '../../src/core/session/signing-keys.service';
import { newId } from '../../src/kernel/ids';
import { startTestApp, type TestApp } from '../support/test-app';

const PASSWORD = 'correct horse battery staple';
const jwt = new JwtService({});

let service: TestApp;
let token: string;
beforeAll(async () => {
  service = await startTestApp({ environment: { AUTO_ACTIVATE: 'true' } });
  const account = { email: 'ada@example.org', password: PASSWORD };
  await service.post('/auth/register', account);
  const response = await service.post('/auth/login', { ...account, cookie: false });
  token = response.json<{ jwt_token: string }>().jwt_token;
});
afterAll(() => service.close());

const claimsOf = (text: string) => jwt.decode<AccessClaims>(text);
const current = () => service.app.get(SigningKeys, { strict: false }).current();

/** Signed by the service's own key: only the claims are wrong. */
function signed(changes: Record<string, unknown>, header: Record<string, unknown> = {}): string {
  const { kid, algorithm, privateKey } = current();
  const changed: [string, unknown][] = Object.entries({ ...claimsOf(token), ...changes });
  const claims = Object.fromEntries(changed.filter(([, value]) => value !== undefined));
  return jwt.sign(claims, { privateKey, algorithm, header: { alg: algorithm, kid, ...header } });
}

async function ask(headers: Record<string, string>, method: 'GET' | 'POST' = 'GET') {
  const url = method === 'GET' ? '/user/me' : '/auth/token/revoke';
  const response = await service.inject({ method, url, headers });
  const code = response.body === '' ? undefined : response.json<{ code?: string }>().code;
  return { status: response.statusCode, code, challenge: response.headers['www-authenticate'] };
}

const bearer = (text: string) => ({ authorization: `Bearer ${text}` });

describe('an access token is taken', () => {
  it.each<[string, () => Record<string, string>]>([
    ['from Authorization', () => bearer(token)],
    ['whatever the case of the scheme', () => ({ authorization: `bearer ${token}` })],
    ['from access-token', () => ({ 'access-token': token })],
    ['from both, when they agree', () => ({ ...bearer(token), 'access-token': token })],
    ['from the vault’s cookie', () => ({ cookie: `sv_at=${token}` })],
    ['from the header, whatever the cookie says', () => ({ ...bearer(token), cookie: 'sv_at=stale' })],
    ['past a proxy’s own credentials', () => ({ authorization: 'Basic YTpi', 'access-token': token })],
  ])('%s', async (_where, headers) => {
    // twice: from its signature, and as remembered
    expect([(await ask(headers())).status, (await ask(headers())).status]).toEqual([200, 200]);
  });
});

describe('an access token is refused', () => {
  const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

  it.each<[string, () => Record<string, string>]>([
    ['when there is none', () => ({})],
    ['when it is empty', () => ({ authorization: 'Bearer ' })],
    ['when the headers disagree', () => ({ ...bearer(token), 'access-token': `${token}x` })],
    ['when the header is wrong, whatever the cookie says', () => ({ ...bearer('x'), cookie: `sv_at=${token}` })],
    ['when it is no token', () => bearer('a.b.c')],
    ['when its header is no object', () => bearer(`${Buffer.from('null').toString('base64url')}.e30.AA`)],
    ['when its payload is no JSON', () => bearer(tampered(token, (payload) => payload.slice(0, -4)))],
    ['when its claims were changed', () => bearer(tampered(token, (text) => text.replace('"pwd"', '"otp"')))],
    ['when another key signed it', () => bearer(signedBy(foreign, current().kid))],
    ['when its key is unknown', () => bearer(signedBy(foreign, newId()))],
    ['when it names no key', () => bearer(signed({}, { kid: undefined }))],
    [
      'when it names another algorithm than its key’s',
      () => bearer(jwt.sign({ ...claimsOf(token) }, { privateKey: rsa, algorithm: 'RS256', keyid: current().kid })),
    ],
    ['when its algorithm is none', () => bearer(unsecured())],
    ['when it is signed with the public key as a secret', () => bearer(confused())],
    ['when it is a refresh token', () => bearer(signed({ token_type: 'refresh' }))],
    ['when it has no type', () => bearer(signed({ token_type: undefined }))],
    ['when another issuer made it', () => bearer(signed({ iss: 'https://elsewhere.example.org' }))],
    ['when it is meant for others', () => bearer(signed({ aud: 'others' }))],
    ['when it has expired', () => bearer(signed({ exp: service.clock.epochSeconds() }))],
    ['when it never expires', () => bearer(signed({ exp: undefined }))],
    ['when it comes from the future', () => bearer(signed({ iat: service.clock.epochSeconds() + 61 }))],
    ['when its signature is too long', () => bearer(`${token}AA`)],
    ['when its signature is too short', () => bearer(token.slice(0, -4))],
    ['when it has no signature', () => bearer(token.replace(/[^.]+$/, ''))],
    ['when it is longer than any of ours', () => bearer('x'.repeat(10_000))],
  ])('%s', async (_when, headers) => {
    const answer = await ask(headers());
    expect(answer).toMatchObject({ status: 401, code: 'invalid-token' });
    expect(answer.challenge).toMatch(/^Bearer realm="latchkey"/);
  });

  it('when it is a real refresh token', async () => {
    const response = await service.post('/auth/login', { email: 'ada@example.org', password: PASSWORD, cookie: false });
    const { refresh_token } = response.json<{ refresh_token: string }>();
    expect(await ask(bearer(refresh_token))).toMatchObject({ status: 401, code: 'invalid-token' });
  });

  it('from a cookie, on a write that no page of ours made', async () => {
    const headers = { cookie: `sv_at=${token}`, origin: 'https://evil.example.com' };
    expect(await ask(headers, 'POST')).toMatchObject({ status: 403, code: 'cross-site' });
  });

  function tampered(text: string, change: (payload: string) => string): string {
    const [header = '', payload = '', signature = ''] = text.split('.');
    const changed = change(Buffer.from(payload, 'base64url').toString('utf8'));
    expect(changed).not.toBe(Buffer.from(payload, 'base64url').toString('utf8'));
    return [header, Buffer.from(changed).toString('base64url'), signature].join('.');
  }

  function signedBy(privateKey: typeof foreign, keyid: string): string {
    return jwt.sign({ ...claimsOf(token) }, { privateKey, algorithm: 'ES256', keyid });
  }

  function unsecured(): string {
    const header = { alg: 'none', kid: current().kid, typ: 'JWT' };
    const [head, body] = [header, claimsOf(token)].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    return `${head}.${body}.`;
  }

  function confused(): string {
    const header = { alg: 'HS256', kid: current().kid, typ: 'JWT' };
    const input = [header, claimsOf(token)].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
    const pem = createPublicKey(current().privateKey).export({ format: 'pem', type: 'spki' });
    return [...input, createHmac('sha256', pem).update(input.join('.')).digest('base64url')].join('.');
  }
});

describe('a token that was let in before', () => {
  it('is refused once it has expired', async () => {
    const short = signed({ exp: service.clock.epochSeconds() + 5 });
    expect((await ask(bearer(short))).status).toBe(200);
    service.clock.advanceSeconds(5);
    expect(await ask(bearer(short))).toMatchObject({ status: 401, code: 'invalid-token' });
  });

  it('is refused once its session has ended', async () => {
    const response = await service.post('/auth/login', { email: 'ada@example.org', password: PASSWORD, cookie: false });
    const { jwt_token } = response.json<{ jwt_token: string }>();
    expect((await ask(bearer(jwt_token))).status).toBe(200);
    expect((await ask(bearer(jwt_token), 'POST')).status).toBe(204);
    const answer = await ask(bearer(jwt_token));
    expect(answer).toMatchObject({ status: 401, code: 'session-ended' });
    expect(answer.challenge).toBe('Bearer realm="latchkey", error="invalid_token"');
  });

  it('is refused once its key is dropped as compromised', async () => {
    expect((await ask(bearer(token))).status).toBe(200);
    await service.app.get(SigningKeys, { strict: false }).rotate({ isCompromised: true });
    expect(await ask(bearer(token))).toMatchObject({ status: 401, code: 'invalid-token' });
  });
});
