import { decodeJwt } from 'jose';
import type { Response } from 'light-my-request';
import {
  aPerson,
  anAccount,
  bearer,
  expectStatus,
  logIn,
  newestTicket,
  register,
  signIn,
  ticketsOf,
  tokensIn,
} from '../../support/accounts';
import { ApiDescription } from '../../support/api-description';
import { problemOf } from '../../support/problem';
import { aSecuredAccount, codeNow, freshCode, ticketFor } from '../../support/second-factor';
import { startDescribedApp } from '../../support/described-app';
import type { TestApp } from '../../support/test-app';

let service: TestApp;
let strict: TestApp;
beforeAll(async () => {
  service = await startDescribedApp({ environment: { LEGACY_SPELLINGS: 'true' } });
  strict = await startDescribedApp();
});
afterAll(() => Promise.all([service.close(), strict.close()]));

const JSON_ACCEPTED = { accept: 'application/json' };

describe('POST /auth/change-password {old_password, new_password}', () => {
  it('does what /change does', async () => {
    const owner = await anAccount(service);
    const tokens = await signIn(service, owner);
    const body = { old_password: owner.password, new_password: 'another password' };
    const answer = await service.post('/auth/change-password', body, bearer(tokens));
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    await signIn(service, { ...owner, password: 'another password' });
    const wrong = await service.post('/auth/change-password', body, bearer(tokens));
    expect(problemOf(wrong)).toEqual({ status: 401, code: 'invalid-credentials' });
    expect(problemOf(await service.post('/auth/change-password', body))).toMatchObject({ code: 'invalid-token' });
    const empty = await service.post('/auth/change-password', {}, bearer(tokens));
    expect(problemOf(empty)).toMatchObject({ status: 400, fields: ['old_password', 'new_password'] });
    const short = { old_password: 'another password', new_password: 'short' };
    const refused = await service.post('/auth/change-password', short, bearer(tokens));
    expect(problemOf(refused)).toMatchObject({ status: 400, fields: ['new_password'] });
  });
});

describe('POST /auth/change-email {new_email}', () => {
  it('does what /request does', async () => {
    const [owner, { email: next }] = [await anAccount(service), aPerson()];
    const tokens = await signIn(service, owner);
    expect((await service.post('/auth/change-email', { new_email: next }, bearer(tokens))).statusCode).toBe(204);
    const ticket = await newestTicket(service, { email: next }, 'change-email');
    expect((await service.post('/auth/change-email/change', { ticket })).statusCode).toBe(204);
    expect(problemOf(await service.post('/auth/change-email', { new_email: next }))).toMatchObject({ status: 401 });
    service.clock.advanceSeconds(901);
    const fresh = tokensIn(await service.post('/auth/token/refresh', { refresh_token: tokens.refresh }));
    const late = await service.post('/auth/change-email', { new_email: owner.email }, bearer(fresh));
    expect(problemOf(late)).toEqual({ status: 403, code: 'reauthentication-required' });
  });
});

describe('a sign-in with cookie: false', () => {
  const userIn = (answer: Response) => answer.json<{ user?: unknown }>().user;

  it('says who signed in', async () => {
    const owner = await anAccount(service);
    const answer = expectStatus(await logIn(service, owner), 200);
    const tokens = tokensIn(answer);
    const id = decodeJwt(tokens.access).sub;
    expect(userIn(answer)).toEqual({ id, email: owner.email, display_name: null });
    await service.inject({
      method: 'PATCH',
      url: '/user/me',
      headers: bearer(tokens),
      payload: { display_name: 'Ida' },
    });
    expect(userIn(await logIn(service, owner))).toEqual({ id, email: owner.email, display_name: 'Ida' });
  });

  it('says so after the second factor, too; with cookies, and without LEGACY_SPELLINGS, it does not', async () => {
    const { owner, secret } = await aSecuredAccount(service);
    const finish = async (more: object) =>
      service.post('/auth/mfa/totp', {
        ticket: await ticketFor(service, owner, more),
        code: await freshCode(service, secret),
      });
    expect(userIn(await finish({ cookie: false }))).toMatchObject({ email: owner.email });
    expect(userIn(await finish({}))).toBeUndefined();
    const totp_code = await freshCode(service, secret);
    expect(await codeNow(service, secret)).toBe(totp_code);
    expect(userIn(await service.post('/auth/login', { ...owner, totp_code, cookie: false }))).toMatchObject({
      email: owner.email,
    });
    expect(userIn(await logIn(strict, await anAccount(strict)))).toBeUndefined();
  });
});

describe('without LEGACY_SPELLINGS', () => {
  it.each([
    ['GET', '/auth/activate?ticket=x'],
    ['GET', '/auth/token/refresh?refresh_token=x'],
    ['POST', '/auth/logout?refresh_token=x'],
    ['POST', '/auth/change-password'],
    ['POST', '/auth/change-email'],
  ] as const)('%s %s is 404, and spends nothing', async (method, url) => {
    const owner = await anAccount(strict);
    const tokens = await signIn(strict, owner);
    const person = aPerson();
    await register(strict, person);
    const secret = (await ticketsOf(strict, person))[0]?.secret ?? '';
    const real = url
      .replace('ticket=x', `ticket=${secret}`)
      .replace('refresh_token=x', `refresh_token=${tokens.refresh}`);
    const answer = await strict.inject({ method, url: real, headers: { ...bearer(tokens), ...JSON_ACCEPTED } });
    expect(problemOf(answer)).toEqual({ status: 404, code: 'not-found' });
    expect((await strict.get('/user/me', bearer(tokens))).statusCode).toBe(200);
    expect((await strict.post('/auth/activate', { ticket: secret })).statusCode).toBe(204);
  });

  it('is not described either', async () => {
    const [older, present] = [await ApiDescription.of(service), await ApiDescription.of(strict)];
    const added = older.operations.filter((operation) => !present.operations.includes(operation));
    expect(added).toEqual([
      'GET /auth/activate',
      'GET /auth/token/refresh',
      'POST /api/user/identifier',
      'POST /auth/change-email',
      'POST /auth/change-password',
      'POST /auth/logout',
    ]);
    expect(present.operations.filter((operation) => !older.operations.includes(operation))).toEqual([]);
  });
});
