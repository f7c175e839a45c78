import { decodeJwt } from 'jose';
import type { Response } from 'light-my-request';
import {
  anAccount,
  bearer,
  expectStatus,
  resetTicket,
  tokensIn,
  type Person,
  type Tokens,
} from '../../support/accounts';
import { problemOf } from '../../support/problem';
import { aSecuredAccount, codeNow, freshCode, ticketFor, wrongCode } from '../../support/second-factor';
import { startDescribedApp } from '../../support/described-app';
import type { TestApp } from '../../support/test-app';
import { totpGenerators } from '../../support/totp-generators';

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp();
});
afterAll(() => service.close());

const INVALID_CODE = { status: 401, code: 'invalid-code' };
const INVALID_TICKET = { status: 401, code: 'invalid-ticket' };

const mfa = (verb: string, body?: unknown, tokens?: Pick<Tokens, 'access'>) =>
  service.post(`/auth/mfa/${verb}`, body, tokens ? bearer(tokens) : {});

describe('POST /auth/login, where a second factor is on', () => {
  it.each([{}, { cookie: true }, { cookie: false }])(
    'without a code answers a ticket and nothing else (%j)',
    async (more) => {
      const { owner } = await aSecuredAccount(service);
      const { email, password } = owner;
      const answer = await service.post('/auth/login', { email, password, ...more });
      expect([answer.statusCode, answer.json()]).toEqual([200, { mfa: true, ticket: expect.any(String) }]);
      expect(answer.headers['set-cookie']).toBeUndefined();
      expect(answer.headers['x-device-token']).toBeUndefined();
      expect(answer.headers['cache-control']).toBe('no-store');
    },
  );

  it('tells of the factor only after the right password', async () => {
    const { owner, secret } = await aSecuredAccount(service);
    const body = { email: owner.email, password: 'wrong', totp_code: await freshCode(service, secret) };
    expect(problemOf(await service.post('/auth/login', body))).toEqual({ status: 401, code: 'invalid-credentials' });
    const right = { ...body, password: owner.password };
    expect((await service.post('/auth/login', right)).statusCode).toBe(200); // the wrong password left it unspent
  });

  it('with the code inline signs in at once, by cookie or in JSON', async () => {
    const { owner, secret } = await aSecuredAccount(service);
    const { email, password } = owner;
    const byCookie = await service.post('/auth/login', {
      email,
      password,
      totp_code: await freshCode(service, secret),
    });
    expect([byCookie.statusCode, byCookie.json()]).toEqual([
      200,
      { jwt_token: expect.any(String), jwt_expires_in: 900_000 },
    ]);
    expect(byCookie.cookies.map(({ name }) => name).sort()).toEqual(['device', 'refresh_token']);
    const totp_code = await freshCode(service, secret);
    const inJson = await service.post('/auth/login', { email, password, totp_code, cookie: false });
    expect(inJson.headers['set-cookie']).toBeUndefined();
    expect(decodeJwt(tokensIn(inJson).access)['amr']).toEqual(['pwd', 'otp']);
  });

  it('with a wrong code, or one that was used, is 401', async () => {
    const { owner, secret } = await aSecuredAccount(service);
    const { email, password } = owner;
    const login = (totp_code: string) => service.post('/auth/login', { email, password, totp_code });
    expect(problemOf(await login(await wrongCode(service, secret)))).toEqual(INVALID_CODE);
    const code = await freshCode(service, secret);
    expect((await login(code)).statusCode).toBe(200);
    expect(problemOf(await login(code))).toEqual(INVALID_CODE);
  });

  it('a code is not looked at where there is no factor', async () => {
    const { email, password } = await anAccount(service);
    expect((await service.post('/auth/login', { email, password, totp_code: '000000' })).statusCode).toBe(200);
  });
});

describe('POST /auth/mfa/totp', () => {
  it('answers as login does: an access token in JSON, a refresh token by cookie, a device', async () => {
    const { owner, secret } = await aSecuredAccount(service);
    const ticket = await ticketFor(service, owner, {});
    const answer = await mfa('totp', { code: await freshCode(service, secret), ticket });
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { jwt_token: expect.any(String), jwt_expires_in: 900_000 },
    ]);
    expect([answer.headers['set-cookie']].flat().sort()).toEqual([
      expect.stringMatching(/^device=[\w.-]+; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/),
      expect.stringMatching(/^refresh_token=[\w.-]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    expect(answer.headers['x-device-token']).toEqual(expect.any(String));
  });

  it('remembers that the login wanted no cookie', async () => {
    const { owner, secret } = await aSecuredAccount(service);
    const answer = await mfa('totp', {
      ticket: await ticketFor(service, owner),
      code: await freshCode(service, secret),
    });
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.json()).toEqual({
      jwt_token: expect.any(String),
      jwt_expires_in: 900_000,
      refresh_token: expect.any(String),
      refresh_expires_in: 2_592_000_000,
      device_token: answer.headers['x-device-token'],
    });
    const tokens = tokensIn(answer);
    expect((await service.get('/user/me', bearer(tokens))).statusCode).toBe(200);
    expect((await service.post('/auth/token/refresh', { refresh_token: tokens.refresh })).statusCode).toBe(200);
  });

  it('takes the code before and after the present one, and none twice or out of order', async () => {
    const { owner, secret } = await aSecuredAccount(service);
    service.clock.advanceSeconds(120);
    const at = (seconds: number) =>
      totpGenerators['otpauth']!(secret, new Date(service.clock.now().getTime() + seconds * 1000));
    const finish = async (code: string) =>
      (await mfa('totp', { ticket: await ticketFor(service, owner), code })).statusCode;
    expect([await finish(await at(-60)), await finish(await at(60))]).toEqual([401, 401]);
    expect(await finish(await at(-30))).toBe(200);
    expect(await finish(await at(-30))).toBe(401);
    expect(await finish(await at(30))).toBe(200);
    expect(await finish(await at(0))).toBe(401); // older than one that was accepted
  });

  it('spends the ticket', async () => {
    const { owner, secret } = await aSecuredAccount(service);
    const ticket = await ticketFor(service, owner);
    expect((await mfa('totp', { ticket, code: await freshCode(service, secret) })).statusCode).toBe(200);
    expect(problemOf(await mfa('totp', { ticket, code: await freshCode(service, secret) }))).toEqual(INVALID_TICKET);
  });

  it('a ticket outlives four wrong codes and dies at the fifth', async () => {
    const { owner, secret } = await aSecuredAccount(service);
    const [four, five] = [await ticketFor(service, owner), await ticketFor(service, owner)];
    const wrong = await wrongCode(service, secret);
    for (let tries = 0; tries < 4; tries += 1) {
      expect(problemOf(await mfa('totp', { ticket: four, code: wrong }))).toEqual(INVALID_CODE);
      expect(problemOf(await mfa('totp', { ticket: five, code: wrong }))).toEqual(INVALID_CODE);
    }
    expect(problemOf(await mfa('totp', { ticket: five, code: wrong }))).toEqual(INVALID_CODE);
    expect(problemOf(await mfa('totp', { ticket: five, code: await freshCode(service, secret) }))).toEqual(
      INVALID_TICKET,
    );
    expect((await mfa('totp', { ticket: four, code: await codeNow(service, secret) })).statusCode).toBe(200);
  });

  it('a ticket lives ten minutes', async () => {
    const { owner, secret } = await aSecuredAccount(service);
    const [last, late] = [await ticketFor(service, owner), await ticketFor(service, owner)];
    service.clock.advanceSeconds(599);
    expect((await mfa('totp', { ticket: last, code: await codeNow(service, secret) })).statusCode).toBe(200);
    service.clock.advanceSeconds(1);
    expect(problemOf(await mfa('totp', { ticket: late, code: await codeNow(service, secret) }))).toEqual(
      INVALID_TICKET,
    );
  });

  it.each<[string, (owner: Person, tokens: Tokens, secret: string) => Promise<Response>]>([
    [
      'its password was changed by the old one',
      ({ password }, tokens) =>
        service.post(
          '/auth/change-password/change',
          { old_password: password, new_password: 'another one' },
          bearer(tokens),
        ),
    ],
    [
      'its password was reset',
      async (owner) =>
        service.post('/auth/change-password/change', {
          ticket: await resetTicket(service, owner),
          new_password: 'another one',
        }),
    ],
    [
      'its factor was taken away',
      async (_owner, tokens, secret) => mfa('disable', { code: await freshCode(service, secret) }, tokens),
    ],
    [
      'it was disabled',
      async ({ email }) => {
        await service.database.dataSource.query('UPDATE users SET disabled_at = now() WHERE email = $1', [email]);
        return service.post('/auth/change-password/request', { email });
      },
    ],
  ])('a ticket of an account is void once %s', async (_what, change) => {
    const { owner, tokens, secret } = await aSecuredAccount(service);
    const ticket = await ticketFor(service, owner);
    expectStatus(await change(owner, tokens, secret), 204);
    expect(problemOf(await mfa('totp', { ticket, code: await freshCode(service, secret) }))).toEqual(INVALID_TICKET);
  });

  it('a ticket that is wrong or of another kind is told before the code is judged', async () => {
    const { owner, secret } = await aSecuredAccount(service);
    const code = await freshCode(service, secret);
    for (const ticket of [
      '259878d6-87be-4729-a3cc-53548f7ff72c',
      '',
      7,
      'x'.repeat(257),
      await resetTicket(service, owner),
    ]) {
      expect(problemOf(await mfa('totp', { ticket, code }))).toEqual(INVALID_TICKET);
    }
    expect((await mfa('totp', { ticket: await ticketFor(service, owner), code })).statusCode).toBe(200);
  });

  it('a ticket opens nothing else', async () => {
    const { owner } = await aSecuredAccount(service);
    const ticket = await ticketFor(service, owner);
    const answers = [
      await service.post('/auth/activate', { ticket }),
      await service.post('/auth/change-password/change', { ticket, new_password: 'another one' }),
      await service.post('/auth/change-email/change', { ticket }),
    ];
    expect(answers.map(problemOf)).toEqual(Array(3).fill(INVALID_TICKET));
  });
});
