import { decodeJwt } from 'jose';
import { bearer, expectStatus, newestTicket } from '../../support/accounts';
import {
  aClaimsAccount,
  claimsLogin,
  claimsProblemOf,
  claimsRefresh,
  claimsSignIn,
  claimsTokensIn,
  confirmReset,
  type ClaimsPerson,
} from '../../support/claims';
import { startDescribedApp } from '../../support/described-app';
import { codeNow, enableTotp, freshCode, replaceRecoveryCodes, wrongCode } from '../../support/second-factor';
import type { TestApp } from '../../support/test-app';

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp();
});
afterAll(() => service.close());

const INVALID_CODE = { status: 401, code: 'invalid-code' };
const MFA_REQUIRED = { status: 401, code: 'mfa-required' };

interface Secured {
  readonly person: ClaimsPerson;
  readonly access: string;
  readonly secret: string;
}

async function aSecuredAccount(): Promise<Secured> {
  const person = await aClaimsAccount(service);
  const { access } = await claimsSignIn(service, person);
  return { person, access, secret: await enableTotp(service, { access }) };
}

async function ticketFor({ person }: Secured): Promise<string> {
  return expectStatus(await claimsLogin(service, person), 401).json<{ ticket: string }>().ticket;
}

describe('login, where a second factor is on', () => {
  it('asks for a code: 401 with a ticket beside the code, and nothing that signs in', async () => {
    const { person } = await aSecuredAccount();
    const answer = await claimsLogin(service, person);
    expect(claimsProblemOf(answer)).toEqual(MFA_REQUIRED);
    expect([answer.cookies, answer.headers['x-device-token']]).toEqual([[], undefined]);
    expect(answer.body).not.toContain('token"');
  });

  it('takes the code inline', async () => {
    const { person, secret } = await aSecuredAccount();
    const answer = await claimsLogin(service, person, { totp_code: await freshCode(service, secret) });
    expect([answer.statusCode, decodeJwt(claimsTokensIn(answer).access)['amr']]).toEqual([200, ['pwd', 'otp']]);
  });

  it('takes a recovery code inline, once', async () => {
    const { person, access } = await aSecuredAccount();
    const [totp_code = ''] = await replaceRecoveryCodes(service, { access });
    expect((await claimsLogin(service, person, { totp_code })).statusCode).toBe(200);
    expect(claimsProblemOf(await claimsLogin(service, person, { totp_code }))).toEqual(INVALID_CODE);
  });

  it('refuses a wrong code, and one that was used', async () => {
    const { person, secret } = await aSecuredAccount();
    const wrong = await wrongCode(service, secret);
    expect(claimsProblemOf(await claimsLogin(service, person, { totp_code: wrong }))).toEqual(INVALID_CODE);
    const totp_code = await freshCode(service, secret);
    expect((await claimsLogin(service, person, { totp_code })).statusCode).toBe(200);
    expect(claimsProblemOf(await claimsLogin(service, person, { totp_code }))).toEqual(INVALID_CODE);
  });

  it('tells of the factor only after the right password', async () => {
    const { person, secret } = await aSecuredAccount();
    for (const more of [{}, { totp_code: await codeNow(service, secret) }]) {
      const answer = await claimsLogin(service, { ...person, password: 'wrong' }, more);
      expect(claimsProblemOf(answer)).toEqual({ status: 401, code: 'invalid-credentials' });
    }
  });
});

it('a ticket is finished at POST /auth/mfa/totp, in native’s body, with the lifetimes of this contract', async () => {
  const secured = await aSecuredAccount();
  const body = { ticket: await ticketFor(secured), code: await freshCode(service, secured.secret) };
  const answer = await service.post('/auth/mfa/totp', body);
  expect([answer.statusCode, answer.json()]).toEqual([
    200,
    {
      jwt_token: expect.any(String),
      jwt_expires_in: 3_600_000,
      refresh_token: expect.any(String),
      refresh_expires_in: 259_200_000,
      device_token: answer.headers['x-device-token'],
    },
  ]);
  // tokens of this contract travel in JSON: no cookie is one of its, but for the device's, which every sign-in sets
  expect(answer.cookies.map(({ name }) => name)).toEqual(['device']);
  const { jwt_token: access, refresh_token: refresh } = answer.json<{ jwt_token: string; refresh_token: string }>();
  expect((await service.get('/api/v1/authorized/me', bearer({ access }))).statusCode).toBe(200);
  expect((await claimsRefresh(service, refresh)).statusCode).toBe(200);
  expect((await service.post('/auth/token/refresh', { refresh_token: refresh })).statusCode).toBe(401);
  expect((await service.post('/auth/mfa/totp', body)).statusCode).toBe(401);
});

it('a reset of a proved address asks for the factor all the same', async () => {
  const secured = await aSecuredAccount();
  const { email, username, password } = secured.person;
  // the link of the registration is void since the factor was enabled
  expectStatus(await service.post('/auth/activate/request', { email }), 204);
  const ticket = await newestTicket(service, secured.person, 'verify-email');
  expectStatus(await service.post('/auth/verify-email', { ticket, password }), 204);
  expectStatus(await service.post('/api/v1/password-reset', { email, username }), 200);
  const token = await newestTicket(service, secured.person, 'reset-password');
  expectStatus(await confirmReset(service, token, 'another password'), 200);
  expect(claimsProblemOf(await claimsLogin(service, { email, password: 'another password' }))).toEqual(MFA_REQUIRED);
});
