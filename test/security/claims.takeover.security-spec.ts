import { Jobs } from '../../src/platform/jobs/jobs.service';
import { bearer, expectStatus, newestTicket, signIn, type Person } from '../support/accounts';
import { aClaimsAccount, claimsRefresh, claimsSignIn } from '../support/claims';
import { changePassword, recover } from '../support/lumina';
import { enableTotp, freshCode, wrongCode } from '../support/second-factor';
import { reset } from '../support/takeover';
import { startTestApp, type TestApp } from '../support/test-app';

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp({ environment: { ADMIN_EMAILS: 'boss@example.com', TRUST_PROXY: '1' } });
});
afterAll(() => service.close());

const REFRESH_SECONDS = 3 * 86_400;

/** A token that was renewed by the password when the refresh token had expired; purging goes on meanwhile. */
async function aLateToken(person: Person): Promise<string> {
  const { refresh } = await claimsSignIn(service, person);
  service.clock.advanceSeconds(REFRESH_SECONDS - 1);
  const { access_token: access } = expectStatus(await claimsRefresh(service, refresh), 200).json<{
    access_token: string;
  }>();
  service.clock.advanceSeconds(3590);
  const { password } = person;
  const renewed = expectStatus(await service.post('/auth/reauthenticate', { password }, bearer({ access })), 200);
  service.clock.advanceSeconds(200);
  await service.app.get(Jobs, { strict: false }).runNow('purge-sessions');
  return renewed.json<{ jwt_token: string }>().jwt_token;
}

it('a session is listed, and ends with the others, whenever its token was renewed', async () => {
  const person = await aClaimsAccount(service);
  const access = await aLateToken(person);
  const listed = await service.get('/auth/sessions', bearer({ access }));
  expect(listed.json()).toEqual([expect.objectContaining({ contract: 'claims', current: true })]);
  const change = { old_password: person.password, new_password: 'another password 1' };
  const owner = await signIn(service, person);
  expectStatus(await service.post('/auth/change-password/change', change, bearer(owner)), 204);
  expect((await service.get('/user/me', bearer({ access }))).statusCode).toBe(401);
});

it('nothing of a stranger’s account at an admin’s address outlives the admin’s proof', async () => {
  const stranger = await aClaimsAccount(service, { email: 'boss@example.com' });
  const access = await aLateToken(stranger);
  await reset(service, stranger.email, 'the boss’s own word');
  for (const url of ['/user/me', '/admin/locks', '/auth/devices', '/auth/sessions']) {
    expect([url, (await service.get(url, bearer({ access }))).statusCode]).toEqual([url, 401]);
  }
});

it('a stranger’s wrong codes do not keep whoever takes the account over from a factor of his own', async () => {
  const stranger = await aClaimsAccount(service);
  const secret = await enableTotp(service, await claimsSignIn(service, stranger));
  const login = (body: object, network: string) => service.post('/api/v1/login', body, { 'x-forwarded-for': network });
  for (let round = 0; round < 8; round += 1) {
    for (let guess = 0; guess < 10; guess += 1) {
      const totp_code = await wrongCode(service, secret);
      await login({ email: stranger.email, password: stranger.password, totp_code }, '203.0.113.9');
    }
    if (round < 7) service.clock.advanceSeconds(600 * 2 ** round + 1);
  }
  const owner = { email: stranger.email, password: 'my own password' };
  await reset(service, owner.email, owner.password);
  const own = await enableTotp(service, await signIn(service, owner));
  const answer = await login({ ...owner, totp_code: await freshCode(service, own) }, '198.51.100.7');
  expect(answer.statusCode).toBe(200);
});

it('a temporary password that was shown is void once there is a mailbox to mail it to', async () => {
  const person = await aClaimsAccount(service);
  const secret = await enableTotp(service, await claimsSignIn(service, person));
  await service.post('/auth/activate/request', { email: person.email });
  const ticket = await newestTicket(service, person, 'verify-email');
  const shown = (await recover(service, person, await freshCode(service, secret))).json<{
    TemporaryPassword: string;
  }>();
  expectStatus(await service.post('/auth/verify-email', { ticket, password: person.password }), 204);
  const claim = { username: person.username, password: shown.TemporaryPassword };
  expect((await changePassword(service, claim, 'Mine-own-password-1')).statusCode).toBe(403);
});
