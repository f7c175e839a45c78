import { bearer, expectStatus, resetTicket, signIn } from '../support/accounts';
import { startTestApp, type TestApp } from '../support/test-app';
import {
  anIdentifier,
  aVault,
  aVaultPerson,
  cookiesOf,
  enrol,
  enrolAndProve,
  mailedCode,
  patch,
  vaultLogin,
} from '../support/vault';

const BOSS = 'boss@example.com';
const PROOF_KEPT_SECONDS = 15 * 60;

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp({ environment: { ADMIN_EMAILS: BOSS } });
});
afterAll(() => service.close());

it('six digits make nobody an admin', async () => {
  const { cookies } = await aVault(service, aVaultPerson({ email: BOSS }));
  const headers = bearer({ access: cookies['sv_at'] ?? '' });
  expect((await service.get('/user/me', headers)).json<{ roles: string[] }>().roles).toEqual([]);
  expectStatus(await service.get('/admin/locks', headers), 403);
});

it('who loses the cookie between proof and last step begins again, a quarter of an hour later', async () => {
  const person = aVaultPerson();
  const lost = await enrolAndProve(service, person);
  service.clock.advanceSeconds(PROOF_KEPT_SECONDS);
  const cookies = await enrolAndProve(service, person);
  expectStatus(await patch(service, '/api/auth/verif/identifier', anIdentifier(), cookies), 200);
  expectStatus(await patch(service, '/api/auth/verif/identifier', anIdentifier(), lost), 403);
});

it('who is told at the last step that the name is taken begins again at once', async () => {
  const wanted = 'wanted-by-two';
  const [first, second] = [aVaultPerson({ username: wanted }), aVaultPerson({ username: wanted })];
  const [firsts, seconds] = [await enrol(service, first), await enrol(service, second)];
  for (const [person, cookies] of [
    [first, firsts],
    [second, seconds],
  ] as const) {
    const otpCode = await mailedCode(service, person);
    expectStatus(await patch(service, '/api/auth/verif/otp', { otpCode }, cookies), 200);
  }
  expectStatus(await patch(service, '/api/auth/verif/identifier', anIdentifier(), seconds), 409);
  expectStatus(await patch(service, '/api/auth/verif/identifier', anIdentifier(), seconds), 403);
  const again = await enrolAndProve(service, { ...second, username: 'another-name' });
  const done = expectStatus(await patch(service, '/api/auth/verif/identifier', anIdentifier(), again), 200);
  expect(cookiesOf(done)['sv_at']).toBeDefined();
  expectStatus(await patch(service, '/api/auth/verif/identifier', anIdentifier(), firsts), 200);
});

it('one that was proved leads nowhere once its address was proved anew, not even when that account is gone', async () => {
  const person = aVaultPerson();
  const cookies = await enrolAndProve(service, person);
  const body = { ticket: await resetTicket(service, person), new_password: person.password };
  expectStatus(await service.post('/auth/change-password/change', body), 204);
  expectStatus(await patch(service, '/api/auth/verif/identifier', anIdentifier(), cookies), 403);
  expectStatus(await service.post('/auth/delete', undefined, bearer(await signIn(service, person))), 204);
  expectStatus(await patch(service, '/api/auth/verif/identifier', anIdentifier(), cookies), 403);
  expectStatus(await vaultLogin(service, person, anIdentifier().authVerifier), 401);
});

it('its first proof counts: the mail’s link, pressed later, takes it no further back among those who want a name', async () => {
  const [first, second] = [aVaultPerson({ username: 'first-come' }), aVaultPerson({ username: 'first-come' })];
  const [firsts, seconds] = [await enrolAndProve(service, first), await enrolAndProve(service, second)];
  const [mail] = await service.mailsTo(first.email);
  const secret = decodeURIComponent(/\/enrol\?token=(\S+)/.exec(mail?.text ?? '')?.[1] ?? '');
  expectStatus(await patch(service, '/api/auth/verif/otp', { otpCode: secret }, firsts), 200);
  expectStatus(await patch(service, '/api/auth/verif/identifier', anIdentifier(), seconds), 409);
  expectStatus(await patch(service, '/api/auth/verif/identifier', anIdentifier(), firsts), 200);
});

it('while strangers have closed the code of an address, the link’s secret opens in its place', async () => {
  const person = aVaultPerson();
  const strangers = await enrol(service, person);
  for (let guess = 0; guess < 10; guess += 1) {
    await patch(service, '/api/auth/verif/otp', { otpCode: '000000' }, strangers);
  }
  const own = await enrol(service, person);
  const otpCode = await mailedCode(service, person);
  expectStatus(await patch(service, '/api/auth/verif/otp', { otpCode }, own), 429);
  const [mail] = await service.mailsTo(person.email);
  const secret = decodeURIComponent(/\/enrol\?token=(\S+)/.exec(mail?.text ?? '')?.[1] ?? '');
  expectStatus(await patch(service, '/api/auth/verif/otp', { otpCode: secret }, strangers), 401);
  expectStatus(await patch(service, '/api/auth/verif/otp', { otpCode: secret }, own), 200);
});
