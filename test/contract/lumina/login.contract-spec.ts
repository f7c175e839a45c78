import { decodeJwt } from 'jose';
import { anAccount, bearer, expectStatus, signIn } from '../../support/accounts';
import { startDescribedApp } from '../../support/described-app';
import { aNamedOwner, aNamedPerson, aPlainOwner, luminaLogin, luminaSignIn } from '../../support/lumina';
import { luminaProblemOf } from '../../support/lumina-problem';
import { problemOf } from '../../support/problem';
import { codeNow, enableTotp, freshCode, replaceRecoveryCodes, wrongCode } from '../../support/second-factor';
import type { TestApp } from '../../support/test-app';

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp({ environment: { ACCESS_TOKEN_TTL: '5m', SESSIONS_PER_USER: '3' } });
});
afterAll(() => service.close());

const WRONG = { status: 403, code: 'invalid-credentials', detail: 'InvalidUsernameOrPassword' };
const WRONG_CODE = { status: 422, code: 'invalid-code', detail: 'InvalidTotpCode' };
const NO_CODE = { status: 422, code: 'mfa-required', detail: 'InvalidTotpCode' };

describe('POST /api/v1/auth/login', () => {
  it('answers as the document prints it, and gives a device', async () => {
    const owner = await aNamedOwner(service);
    const answer = await luminaLogin(service, owner, await codeNow(service, owner.secret));
    expect(expectStatus(answer, 200).json()).toEqual({
      Id: owner.id,
      Username: owner.username,
      Token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      UsesTotp: true,
    });
    const device = String(answer.headers['x-device-token']);
    expect([answer.headers['set-cookie']].flat()).toEqual([
      expect.stringMatching(/^device=[\w.-]+; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    expect(answer.cookies.map(({ value }) => value)).toEqual([device]);
  });

  it('says that an account has no second factor, and does not look at a code then', async () => {
    const owner = await aPlainOwner(service);
    expect((await luminaLogin(service, owner, '000000')).json()).toMatchObject({ UsesTotp: false });
  });

  it('takes the username in any case, and shows it as it was chosen', async () => {
    const owner = await aPlainOwner(service);
    const shouted = { ...owner, username: owner.username.toUpperCase() };
    expect((await luminaLogin(service, shouted)).json()).toMatchObject({ Username: owner.username });
  });

  it('takes a username of another contract, and one that could not be chosen here', async () => {
    for (const username of ['Pável', 'paul+mary']) {
      const { password } = await anAccount(service, { username });
      expect((await luminaLogin(service, { username, password })).statusCode).toBe(200);
    }
  });

  it('refuses a wrong password and an unknown name alike, whatever code comes along', async () => {
    const owner = await aNamedOwner(service);
    const code = await codeNow(service, owner.secret);
    for (const given of [undefined, code, '000000']) {
      const wrong = await luminaLogin(service, { ...owner, password: 'wrong' }, given);
      const unknown = await luminaLogin(service, aNamedPerson(), given);
      expect([luminaProblemOf(wrong), luminaProblemOf(unknown)]).toEqual([WRONG, WRONG]);
    }
    expect((await luminaLogin(service, owner, code)).statusCode).toBe(200);
  });

  it('tells of the code only after the right password', async () => {
    const owner = await aNamedOwner(service);
    const wrong = await luminaLogin(service, owner, await wrongCode(service, owner.secret));
    expect(luminaProblemOf(wrong)).toEqual(WRONG_CODE);
    expect(luminaProblemOf(await luminaLogin(service, owner))).toEqual(NO_CODE);
    expect(wrong.headers['x-device-token']).toBeUndefined();
  });

  it('takes each code once', async () => {
    const owner = await aNamedOwner(service);
    const code = await codeNow(service, owner.secret);
    expect((await luminaLogin(service, owner, code)).statusCode).toBe(200);
    expect(luminaProblemOf(await luminaLogin(service, owner, code))).toEqual(WRONG_CODE);
    expect((await luminaLogin(service, owner, await freshCode(service, owner.secret))).statusCode).toBe(200);
  });

  it('takes a recovery code in place of one', async () => {
    const owner = await aNamedOwner(service);
    const tokens = await luminaSignIn(service, owner, await codeNow(service, owner.secret));
    const [code = ''] = await replaceRecoveryCodes(service, tokens);
    expect((await luminaLogin(service, owner, code)).statusCode).toBe(200);
  });

  it('without a code gives a ticket that the route for every contract finishes', async () => {
    const owner = await aNamedOwner(service);
    const { ticket } = (await luminaLogin(service, owner)).json<{ ticket: string }>();
    const code = await codeNow(service, owner.secret);
    const finished = expectStatus(await service.post('/auth/mfa/totp', { ticket, code }), 200);
    const { jwt_token: access } = finished.json<{ jwt_token: string }>();
    const { exp = 0, iat = 0 } = decodeJwt(access);
    expect(exp - iat).toBe(3600);
    expect(finished.cookies.map(({ name }) => name)).toEqual(['device']);
    const sessions = await service.get('/auth/sessions', bearer({ access }));
    expect(sessions.json()).toEqual([expect.objectContaining({ contract: 'lumina', current: true })]);
  });
});

describe('its token', () => {
  it('lives for 60 minutes, whatever the settings say, and the session ends with it', async () => {
    const owner = await aPlainOwner(service);
    const tokens = await luminaSignIn(service, owner);
    const { exp = 0, iat = 0 } = decodeJwt(tokens.access);
    expect(exp - iat).toBe(3600);
    service.clock.advanceSeconds(3599);
    expect((await service.get('/user/me', bearer(tokens))).statusCode).toBe(200);
    const { password } = owner;
    const again = expectStatus(await service.post('/auth/reauthenticate', { password }, bearer(tokens)), 200);
    const renewed = bearer({ access: again.json<{ jwt_token: string }>().jwt_token });
    expect((await service.get('/user/me', renewed)).statusCode).toBe(200);
    service.clock.advanceSeconds(1);
    for (const headers of [bearer(tokens), renewed]) {
      expect(problemOf(await service.get('/user/me', headers)).status).toBe(401);
    }
    const next = await luminaSignIn(service, owner);
    expect((await service.get('/auth/sessions', bearer(next))).json()).toHaveLength(1);
  });

  it('is no refresh token, and none comes with it', async () => {
    const tokens = await luminaSignIn(service, await aPlainOwner(service));
    const answer = await service.post('/auth/token/refresh', { refresh_token: tokens.access });
    expect(problemOf(answer)).toEqual({ status: 401, code: 'invalid-refresh-token' });
  });

  it('sessions that have ended by themselves take no place among those an account may have', async () => {
    const owner = await anAccount(service, { username: 'Quirin' });
    const { password } = owner;
    const named = { username: 'Quirin', password };
    for (let time = 0; time < 3; time += 1) await luminaSignIn(service, named);
    service.clock.advanceSeconds(3600);
    const kept = await signIn(service, owner);
    service.clock.advanceSeconds(1);
    await luminaSignIn(service, named);
    await luminaSignIn(service, named);
    expect((await service.get('/user/me', bearer(kept))).statusCode).toBe(200);
    await luminaSignIn(service, named);
    const refresh = { refresh_token: kept.refresh };
    const refused = problemOf(await service.post('/auth/token/refresh', refresh));
    expect(refused).toEqual({ status: 401, code: 'invalid-refresh-token' });
  });
});

describe('an account of this contract', () => {
  it('is an account in all of them, and asks for its second factor there too', async () => {
    const { username, password, secret } = await aNamedOwner(service);
    const login = { username, password, cookie: false };
    const halfway = expectStatus(await service.post('/auth/login', login), 200).json<{ mfa: boolean }>();
    expect(halfway.mfa).toBe(true);
    const totp_code = await codeNow(service, secret);
    const signedIn = expectStatus(await service.post('/auth/login', { ...login, totp_code }), 200);
    const headers = bearer({ access: signedIn.json<{ jwt_token: string }>().jwt_token });
    expect((await service.get('/user/me', headers)).json()).toMatchObject({ username, email: null, mfa_enabled: true });
    expect((await service.get('/api/auth/me', headers)).json()).toMatchObject({ data: { username, email: null } });
  });

  it('may get a second factor later, which is asked for from then on', async () => {
    const owner = await aPlainOwner(service);
    const secret = await enableTotp(service, await luminaSignIn(service, owner));
    expect(luminaProblemOf(await luminaLogin(service, owner))).toEqual(NO_CODE);
    expect((await luminaLogin(service, owner, await freshCode(service, secret))).statusCode).toBe(200);
  });
});
