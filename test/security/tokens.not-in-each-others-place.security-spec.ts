import { decodeJwt } from 'jose';
import { anAccount, bearer, resetTicket, signIn, type Person, type Tokens } from '../support/accounts';
import { problemOf } from '../support/problem';
import {
  aSealedPerson,
  forgetPassword,
  seal,
  sealedProblemOf,
  sealedRefresh,
  sealedRegister,
  tokensIn,
  validateOtp,
} from '../support/sealed';
import { startTestApp, type TestApp } from '../support/test-app';

let service: TestApp;
let owner: Person;
let tokens: Tokens;
beforeAll(async () => {
  service = await startTestApp();
  owner = await anAccount(service);
});
beforeEach(async () => {
  tokens = await signIn(service, owner);
});
afterAll(() => service.close());

const kinds = ['access', 'refresh', 'device'] as const;
const otherThan = (kind: (typeof kinds)[number]) => kinds.filter((other) => other !== kind);

/** A session that was tried with the wrong token goes on as if nothing had happened. */
async function expectUntouched(): Promise<void> {
  expect((await service.get('/user/me', bearer(tokens))).statusCode).toBe(200);
  const refreshed = await service.post('/auth/token/refresh', { refresh_token: tokens.refresh });
  expect(refreshed.statusCode).toBe(200);
}

it.each(otherThan('access'))('a %s token is no access token, in any place for one', async (kind) => {
  const token = tokens[kind];
  const places = [{ authorization: `Bearer ${token}` }, { 'access-token': token }, { cookie: `sv_at=${token}` }];
  for (const headers of places as Record<string, string>[]) {
    const answer = await service.get('/user/me', headers);
    expect(answer.json()).toMatchObject({ code: 'invalid-token' });
    expect(answer.statusCode).toBe(401);
  }
  await expectUntouched();
});

it.each(otherThan('refresh'))('a %s token is no refresh token, in any place for one', async (kind) => {
  const answers = [
    await service.post('/auth/token/refresh', { refresh_token: tokens[kind] }),
    await service.post('/auth/token/refresh', undefined, { cookie: `refresh_token=${tokens[kind]}` }),
  ];
  for (const answer of answers) expect(problemOf(answer)).toEqual({ status: 401, code: 'invalid-refresh-token' });
  await expectUntouched();
});

it.each(otherThan('device'))('a %s token makes no known device', async (kind) => {
  const deviceId = decodeJwt(tokens.device).jti;
  for (const headers of [{ 'x-device-token': tokens[kind] }, { cookie: `device=${tokens[kind]}` }] as object[]) {
    const { device } = await signIn(service, owner, headers as Record<string, string>);
    const given = decodeJwt(device).jti;
    expect([deviceId, decodeJwt(tokens[kind]).jti, decodeJwt(tokens.access)['sid']]).not.toContain(given);
  }
});

it('none of them is a ticket', async () => {
  for (const kind of kinds) {
    const answer = await service.post('/auth/activate', { ticket: tokens[kind] });
    expect(problemOf(answer)).toEqual({ status: 401, code: 'invalid-ticket' });
  }
});

it('of sealed’s tokens, too, each is good in its own place only', async () => {
  const answer = await sealedRegister(service, aSealedPerson());
  const { accessToken, refreshToken } = tokensIn(answer, 201);
  const device = String(answer.headers['x-device-token']);
  for (const access of [refreshToken, device]) {
    for (const headers of [{ 'access-token': access }, { authorization: `Bearer ${access}`, 'access-token': access }]) {
      const refused = await service.get('/user/me', headers);
      expect(sealedProblemOf(refused)).toEqual({ status: 401, code: 'invalid-token' });
    }
  }
  for (const refresh of [accessToken, device, tokens.refresh, tokens.access]) {
    const refused = await sealedRefresh(service, refresh);
    expect(sealedProblemOf(refused)).toEqual({ status: 401, code: 'invalid-refresh-token' });
  }
  for (const sent of [{ cookie: `refresh_token=${refreshToken}` }, { authorization: `Bearer ${refreshToken}` }]) {
    expect((await service.get('/auth/refresh-token', sent as Record<string, string>)).statusCode).toBe(401);
  }
  expect((await service.get('/user/me', { 'access-token': accessToken })).statusCode).toBe(200);
  expect((await sealedRefresh(service, refreshToken)).statusCode).toBe(200);
});

it('nor is a challenge a one-time token, nor either of them a ticket', async () => {
  const { challage, code } = await forgetPassword(service, owner);
  const mailed = await resetTicket(service, owner);
  const answer = await validateOtp(service, challage, code ?? '');
  const { uuid } = answer.json<{ uuid: string }>();
  for (const oneTimeToken of [challage, mailed, code ?? '', tokens.access, tokens.refresh]) {
    const body = { oneTimeToken, ...(await seal(service, 'what nobody chose')) };
    const refused = await service.post('/auth/reset-password', body);
    expect(sealedProblemOf(refused)).toEqual({ status: 401, code: 'invalid-ticket' });
  }
  for (const other of [uuid, mailed, tokens.refresh]) {
    expect(sealedProblemOf(await validateOtp(service, other, '123456'))).toEqual({ status: 401, code: 'invalid-code' });
  }
  for (const ticket of [challage, uuid]) {
    const body = { ticket, new_password: 'what nobody chose' };
    for (const [url, payload] of [
      ['/auth/change-password/change', body],
      ['/auth/activate', { ticket }],
      ['/auth/mfa/totp', { ticket, code: '123456' }],
    ] as const) {
      expect((await service.post(url, payload)).statusCode).toBe(401);
    }
  }
});

it('a token whose kind was changed, or that nobody signed, is refused', async () => {
  const [header = '', payload = '', signature = ''] = tokens.refresh.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const changed = encode({ ...claims, token_type: 'access' });
  const none = encode({ alg: 'none', typ: 'JWT' });
  for (const access of [
    `${header}.${changed}.${signature}`,
    `${none}.${changed}.`,
    `${none}.${changed}.${signature}`,
  ]) {
    expect(problemOf(await service.get('/user/me', bearer({ access })))).toMatchObject({ code: 'invalid-token' });
  }
});

it('a token of another service with the same claims is refused', async () => {
  const other = await startTestApp({ clock: service.clock });
  const theirs = await signIn(other, await anAccount(other));
  expect(problemOf(await service.get('/user/me', bearer(theirs)))).toMatchObject({ code: 'invalid-token' });
  const refreshed = await service.post('/auth/token/refresh', { refresh_token: theirs.refresh });
  expect(problemOf(refreshed)).toMatchObject({ code: 'invalid-refresh-token' });
  await other.close();
});

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
