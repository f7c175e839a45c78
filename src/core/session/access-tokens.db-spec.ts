import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { signAccess, startSessionProcess, type SessionProcess } from '../../../test/support/session-process';
import { TestClock } from '../../../test/support/test-clock';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database';
import { newId } from '../../kernel/ids';
import { ServiceKeys } from '../../platform/keys/service-keys.service';
import type { AccessClaims } from './access-claims';

describe('access tokens', () => {
  const clock = new TestClock();
  const jwt = new JwtService();
  let test: TestDatabase;
  let process: SessionProcess;

  beforeAll(async () => {
    test = await createTestDatabase();
    process = await startSessionProcess(test.url, clock);
  });

  afterAll(async () => {
    await process.stop();
    await test.drop();
  });

  /** A token under our own key with some claims changed: what a bug of ours, or another kind of token, would be. */
  function signedByUs(changed: Record<string, unknown>): string {
    const { kid, algorithm, privateKey } = process.signingKeys.current();
    const { claims } = signAccess(process, clock.now());
    const entries = Object.entries<unknown>({ ...claims, ...changed }).filter(([, value]) => value !== undefined);
    const wanted = Object.fromEntries(entries);
    return jwt.sign(wanted, { algorithm, keyid: kid, privateKey });
  }

  it('carry the claims and header the contract names, and verify against the published set', async () => {
    const { token, claims, expiresInSeconds } = signAccess(process, clock.now());
    expect(expiresInSeconds).toBe(900);
    expect(Object.keys(claims).sort()).toEqual(
      [
        ...['iss', 'aud', 'sub', 'sid', 'iat', 'exp', 'jti', 'token_type', 'auth_time', 'amr', 'uid'],
        ...['email', 'email_verified', 'roles'],
      ].sort(),
    );
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(process.signingKeys.jwks()), {
      currentDate: clock.now(),
      issuer: 'http://localhost:3000',
      audience: 'latchkey',
    });
    expect(payload).toEqual(claims);
    expect(protectedHeader).toEqual({ alg: 'ES256', kid: process.signingKeys.current().kid, typ: 'JWT' });
    await expect(process.accessTokens.verify(token)).resolves.toEqual(claims);
  });

  it('say who it is, in which session, and when he proved it', () => {
    const authenticatedAt = new Date('2026-01-15T11:30:00Z');
    const { claims } = signAccess(process, clock.now(), { authenticatedAt, amr: ['pwd', 'otp'] });
    expect(process.accessTokens.assertLive(claims)).toEqual({
      userId: claims.sub,
      sessionId: claims.sid,
      authenticatedAt,
      amr: ['pwd', 'otp'],
    });
  });

  it('do not outlive the absolute end of their session', () => {
    const endsAt = new Date(clock.now().getTime() + 60_000);
    const { claims, expiresInSeconds } = signAccess(process, clock.now(), { endsAt });
    expect(expiresInSeconds).toBe(60);
    expect(claims.exp).toBe(endsAt.getTime() / 1000);
  });

  it('are good until the second they expire', () => {
    const { claims } = signAccess(process, clock.now());
    const tokens = process.accessTokens;
    clock.advanceSeconds(899);
    expect(() => tokens.assertLive(claims)).not.toThrow();
    clock.advanceSeconds(1);
    expect(() => tokens.assertLive(claims)).toThrow(expect.objectContaining({ code: 'invalid-token' }));
  });

  it('may be up to a minute ahead of the clock', async () => {
    const now = clock.epochSeconds();
    await expect(process.accessTokens.verify(signedByUs({ iat: now + 60 }))).resolves.toBeDefined();
    await expect(process.accessTokens.verify(signedByUs({ iat: now + 61 }))).rejects.toMatchObject({
      code: 'invalid-token',
    });
  });

  it.each<[string, Partial<Record<keyof AccessClaims, unknown>>]>([
    ['of another type', { token_type: 'refresh' }],
    ['without a type', { token_type: undefined }],
    ['of another issuer', { iss: 'https://elsewhere.example' }],
    ['for another audience', { aud: 'others' }],
    ['without a session', { sid: undefined }],
    ['whose subject is no uuid', { sub: '1 OR 1=1' }],
    ['without expiry', { exp: undefined }],
    ['without auth_time', { auth_time: undefined }],
    ['whose methods are no list', { amr: 'pwd' }],
  ])('%s are refused though our key signed them', async (_, changed) => {
    await expect(process.accessTokens.verify(signedByUs(changed))).rejects.toMatchObject({ code: 'invalid-token' });
  });

  it('signed with the public key as an HMAC secret are refused', async () => {
    const { kid } = process.signingKeys.current();
    const publicPem = process.signingKeys.find(kid)?.publicKey.export({ format: 'pem', type: 'spki' });
    const { claims } = signAccess(process, clock.now());
    const header = Buffer.from(JSON.stringify({ alg: 'HS256', kid, typ: 'JWT' })).toString('base64url');
    const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
    const mac = createHmac('sha256', publicPem ?? '')
      .update(`${header}.${body}`)
      .digest('base64url');
    await expect(process.accessTokens.verify(`${header}.${body}.${mac}`)).rejects.toMatchObject({
      code: 'invalid-token',
    });
  });

  it('without a signature are refused', async () => {
    const { claims } = signAccess(process, clock.now());
    const { kid } = process.signingKeys.current();
    for (const alg of ['none', 'None', 'ES256']) {
      const header = Buffer.from(JSON.stringify({ alg, kid, typ: 'JWT' })).toString('base64url');
      const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
      await expect(process.accessTokens.verify(`${header}.${body}.`)).rejects.toMatchObject({ code: 'invalid-token' });
    }
  });

  it('whose algorithm is not the one their key is for are refused', async () => {
    const { kid } = process.signingKeys.current();
    await expect(process.accessTokens.keyFor({ kid, alg: 'ES256' })).resolves.not.toBeNull();
    for (const alg of ['ES384', 'RS256', 'HS256', 'none', undefined]) {
      await expect(process.accessTokens.keyFor({ kid, alg })).resolves.toBeNull();
    }
  });

  it('signed by somebody else under our key id are refused', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { token } = signAccess(process, clock.now());
    const [header = '', body = ''] = token.split('.');
    const signature = createSign('sha256')
      .update(`${header}.${body}`)
      .sign({ key: privateKey, dsaEncoding: 'ieee-p1363' });
    await expect(
      process.accessTokens.verify(`${header}.${body}.${signature.toString('base64url')}`),
    ).rejects.toMatchObject({ code: 'invalid-token' });
  });

  it('signed under the keys of our other tokens are refused', async () => {
    const { kid } = process.signingKeys.current();
    const { claims } = signAccess(process, clock.now());
    for (const name of ['refresh', 'device'] as const) {
      const secret = process.module.get(ServiceKeys, { strict: false }).key(name);
      const token = jwt.sign({ ...claims }, { secret, algorithm: 'HS256', keyid: kid });
      await expect(process.accessTokens.verify(token)).rejects.toMatchObject({ code: 'invalid-token' });
    }
  });

  it.each([
    ['nothing', ''],
    ['words', 'not a token'],
    ['dots', '..'],
    [
      'a payload that is no JSON',
      `${Buffer.from('{"alg":"ES256","typ":"JWT","kid":"x"}').toString('base64url')}.YQ.YQ`,
    ],
    ['a header that is null', `${Buffer.from('null').toString('base64url')}.e30.YQ`],
    ['a header that is a list', `${Buffer.from('[]').toString('base64url')}.e30.YQ`],
    ['an unknown key', `${Buffer.from(`{"alg":"ES256","kid":"${newId()}"}`).toString('base64url')}.e30.YQ`],
    ['a key id that is a number', `${Buffer.from('{"alg":"ES256","kid":7}').toString('base64url')}.e30.YQ`],
    ['NUL bytes', '\0.\0.\0'],
  ])('made of %s are refused and nothing else happens', async (_, token) => {
    await expect(process.accessTokens.verify(token)).rejects.toMatchObject({ code: 'invalid-token' });
  });

  it('tell nothing but public parts in the published set', () => {
    const { keys } = process.signingKeys.jwks();
    for (const key of keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
      expect(key).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' });
    }
    expect(process.signingKeys.jwksMaxAgeSeconds).toBe(300);
  });

  it.each(['ES384', 'RS256', 'PS256'])(
    'follow JWT_ALGORITHM %s after the lead, and older ones stay good',
    async (algorithm) => {
      const { token: older } = signAccess(process, clock.now());
      const other = await startSessionProcess(test.url, clock, { JWT_ALGORITHM: algorithm, SIGNING_KEY_LEAD: '60s' });
      try {
        await expect(other.accessTokens.verify(older)).resolves.toBeDefined();
        clock.advanceSeconds(60);
        const { token } = signAccess(other, clock.now());
        expect(jwt.decode<{ header: object }>(token, { complete: true }).header).toMatchObject({ alg: algorithm });
        await expect(other.accessTokens.verify(token)).resolves.toBeDefined();
        await expect(process.accessTokens.verify(token)).resolves.toBeDefined();
        await expect(
          jwtVerify(token, createLocalJWKSet(other.signingKeys.jwks()), { currentDate: clock.now() }),
        ).resolves.toBeDefined();
      } finally {
        const { kid } = await other.signingKeys.rotate({ isCompromised: true });
        // until this process has heard of it, it goes on signing under the dropped key, which the next one does not know
        await process.signingKeys.resolve(kid);
        await other.stop();
      }
    },
  );
});
