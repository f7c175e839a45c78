import { aPerson, bearer, expectStatus, newestTicket, signIn, tokensIn, type Tokens } from '../../support/accounts';
import { startDescribedApp } from '../../support/described-app';
import { aNamedOwner, aPlainOwner, changePassword, luminaLogin, luminaSignIn, recover } from '../../support/lumina';
import { luminaProblemOf } from '../../support/lumina-problem';
import { codeNow, freshCode } from '../../support/second-factor';
import { changeEmail, undosIn } from '../../support/takeover';
import { Jobs } from '../../../src/platform/jobs/jobs.service';
import type { TestApp } from '../../support/test-app';

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp({ environment: { REQUIRE_VERIFIED_EMAIL: 'true' } });
});
afterAll(() => service.close());

/** Signs in where other contracts do, by username. */
async function nativeSignIn(person: { username: string; password: string }, totp_code?: string): Promise<Tokens> {
  const { username, password } = person;
  const body = { username, password, cookie: false, ...(totp_code === undefined ? {} : { totp_code }) };
  return tokensIn(expectStatus(await service.post('/auth/login', body), 200));
}

describe('an account without an address, in the other contracts', () => {
  it('signs in, refreshes, lists what it knows and signs out', async () => {
    const owner = await aNamedOwner(service);
    const tokens = await nativeSignIn(owner, await codeNow(service, owner.secret));
    const refreshed = await service.post('/auth/token/refresh', { refresh_token: tokens.refresh });
    const headers = bearer(tokensIn(expectStatus(refreshed, 200)));
    for (const url of ['/user/me', '/auth/sessions', '/auth/devices', '/api/auth/me']) {
      expectStatus(await service.get(url, headers), 200);
    }
    expectStatus(await service.post('/auth/token/revoke', undefined, headers), 204);
  });

  it('has a reused refresh token end its session, with nobody to mail', async () => {
    const tokens = await nativeSignIn(await aPlainOwner(service));
    const rotate = (refresh_token: string) => service.post('/auth/token/refresh', { refresh_token });
    const next = tokensIn(expectStatus(await rotate(tokens.refresh), 200));
    const last = tokensIn(expectStatus(await rotate(next.refresh), 200));
    expectStatus(await rotate(tokens.refresh), 401);
    expectStatus(await rotate(last.refresh), 401);
  });

  it('changes its password, proves itself again and takes its second factor off', async () => {
    const owner = await aNamedOwner(service);
    const tokens = await nativeSignIn(owner, await codeNow(service, owner.secret));
    const change = { old_password: owner.password, new_password: 'another one' };
    expectStatus(await service.post('/auth/change-password/change', change, bearer(tokens)), 204);
    const code = await freshCode(service, owner.secret);
    const proof = { password: 'another one', code };
    expectStatus(await service.post('/auth/reauthenticate', proof, bearer(tokens)), 200);
    const disable = { code: await freshCode(service, owner.secret) };
    expectStatus(await service.post('/auth/mfa/disable', disable, bearer(tokens)), 204);
    expect((await luminaLogin(service, { ...owner, password: 'another one' })).json()).toMatchObject({
      UsesTotp: false,
    });
  });

  it('gets an address, by which it signs in and is told of changes from then on', async () => {
    const owner = await aPlainOwner(service);
    const { email } = aPerson();
    await changeEmail(service, await luminaSignIn(service, owner), email);
    await signIn(service, { email, password: owner.password });
    expect((await changePassword(service, owner, '123$Abcd')).statusCode).toBe(200);
    expect(await undosIn(service, email)).toHaveLength(1);
    const reset = { ticket: await resetOf(email), new_password: 'chosen by mail' };
    expectStatus(await service.post('/auth/change-password/change', reset), 204);
    expect((await luminaLogin(service, { ...owner, password: 'chosen by mail' })).statusCode).toBe(200);
  });

  it('is deleted by its owner, and the name is free then', async () => {
    const owner = await aPlainOwner(service);
    const tokens = await luminaSignIn(service, owner);
    expectStatus(await service.post('/auth/delete', undefined, bearer(tokens)), 204);
    expect(luminaProblemOf(await luminaLogin(service, owner)).status).toBe(403);
    expect((await aPlainOwner(service, owner)).username).toBe(owner.username);
  });

  it('stays, though nothing of it is ever proved and nobody signs in', async () => {
    const owner = await aPlainOwner(service);
    service.clock.advanceSeconds(8 * 86_400);
    await service.app.get(Jobs, { strict: false }).runNow('purge-unproved-accounts');
    expect((await luminaLogin(service, owner)).statusCode).toBe(200);
  });

  it('has no vault: a verifier of it is refused, and so is a recovery where there is no second factor', async () => {
    const owner = await aPlainOwner(service);
    const tokens = await luminaSignIn(service, owner);
    expect((await service.get('/api/auth/identifier', bearer(tokens))).statusCode).toBe(404);
    expect(luminaProblemOf(await recover(service, owner, '123456')).code).toBe('invalid-code');
  });
});

async function resetOf(email: string): Promise<string> {
  expectStatus(await service.post('/auth/change-password/request', { email }), 204);
  return newestTicket(service, { email }, 'reset-password');
}
