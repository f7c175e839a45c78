import { decodeJwt } from 'jose';
import { aPerson, bearer, expectStatus, logIn, newestTicket, register, signIn } from '../support/accounts';
import { startTestApp, type TestApp } from '../support/test-app';
import {
  anIdentifier,
  aVault,
  aVaultPerson,
  cookieHeader,
  cookiesOf,
  enrol,
  enrolAndProve,
  mailedCode,
  patch,
  vaultLogin,
} from '../support/vault';

let service: TestApp & { readonly dataDir: string };
let automatic: TestApp;
beforeAll(async () => {
  service = await startTestApp();
  const { database, clock, dataDir } = service;
  automatic = await startTestApp({ database, clock, dataDir, environment: { AUTO_ACTIVATE: 'true' } });
});
afterAll(async () => {
  await automatic.close();
  await service.close();
});

const usernameOf = async (email: string) => {
  const rows = await service.database.dataSource.query<{ username: string | null }[]>(
    'SELECT username FROM users WHERE email_canonical = $1',
    [email],
  );
  return rows.map(({ username }) => username);
};

describe('an address that another account holds unproved', () => {
  it('is in use for an enrolment: the mailbox gets a link to choose a password, and no code', async () => {
    const stranger = aPerson();
    await register(automatic, stranger);
    const cookies = await enrol(service, aVaultPerson({ email: stranger.email }));
    const [mail] = await service.mailsTo(stranger.email);
    expect(mail?.text).toMatch(/\/reset-password\?token=\S+/);
    expect(mail?.text).not.toMatch(/^\d{6}$/m);
    expect((await patch(service, '/api/auth/verif/identifier', anIdentifier(), cookies)).statusCode).toBe(403);
  });

  it('is taken over where it was proved before: nothing its holder set up opens anything', async () => {
    const owner = aVaultPerson();
    const cookies = await enrolAndProve(service, owner);
    const stranger = aPerson({ email: owner.email });
    await register(automatic, stranger);
    const tokens = await signIn(automatic, stranger);
    const done = expectStatus(await patch(service, '/api/auth/verif/identifier', anIdentifier(), cookies), 200);
    expect((await logIn(service, stranger)).statusCode).toBe(401);
    expect((await service.get('/user/me', bearer(tokens))).statusCode).toBe(401);
    expect((await service.post('/auth/token/refresh', { refresh_token: tokens.refresh })).statusCode).toBe(401);
    expect(await usernameOf(owner.email)).toEqual([owner.username]);
    const devices = await service.get('/auth/devices', cookieHeader(cookiesOf(done)));
    expect(devices.json<{ kind: string; id: string }[]>().filter(({ kind }) => kind === 'device')).toEqual([
      expect.objectContaining({ id: decodeJwt(cookiesOf(done)['device'] ?? '').jti, current: true }),
    ]);
    expect(devices.body).not.toContain(decodeJwt(tokens.device).jti);
    expect((await vaultLogin(service, owner, anIdentifier().authVerifier)).statusCode).toBe(200);
  });

  it('takes an older vault with it: its verifier, its keys and its session', async () => {
    const { person, identifier, cookies } = await aVault(service);
    await service.database.dataSource.query('UPDATE users SET email_verified_at = NULL WHERE email = $1', [
      person.email,
    ]);
    service.clock.advanceSeconds(3600);
    const owner = { email: person.email, password: 'the owner’s own password' };
    await register(service, owner);
    const ticket = await newestTicket(service, owner, 'activate');
    expectStatus(await service.post('/auth/activate', { ticket }), 204);
    expect((await vaultLogin(service, person, identifier.authVerifier)).statusCode).toBe(401);
    expect((await service.get('/api/auth/me', cookieHeader(cookies))).statusCode).toBe(401);
    const headers = bearer(await signIn(service, owner));
    expect((await service.get('/api/auth/identifier', headers)).statusCode).toBe(404);
    const prelogin = await service.post('/api/auth/prelogin', { email: person.email });
    expect(prelogin.body).not.toContain(identifier.salt);
  });
});

describe('a username that an enrolment and a native registration want', () => {
  it('is the enrolment’s if its mailbox was proved first; the other is activated without', async () => {
    const person = aVaultPerson();
    const native = aPerson({ username: person.username.toUpperCase() });
    await register(service, native);
    const cookies = await enrolAndProve(service, person);
    const ticket = await newestTicket(service, native, 'activate');
    expectStatus(await service.post('/auth/activate', { ticket }), 204);
    expect(await usernameOf(native.email)).toEqual([null]);
    expectStatus(await patch(service, '/api/auth/verif/identifier', anIdentifier(), cookies), 200);
    expect(await usernameOf(person.email)).toEqual([person.username]);
  });

  it('is the registration’s if that was activated first; the enrolment is told at its last step', async () => {
    const person = aVaultPerson();
    const native = aPerson({ username: person.username });
    await register(service, native);
    const cookies = await enrol(service, person);
    const otpCode = await mailedCode(service, person);
    expectStatus(
      await service.post('/auth/activate', { ticket: await newestTicket(service, native, 'activate') }),
      204,
    );
    expectStatus(await patch(service, '/api/auth/verif/otp', { otpCode }, cookies), 200);
    const refused = await patch(service, '/api/auth/verif/identifier', anIdentifier(), cookies);
    expect([refused.statusCode, refused.cookies]).toEqual([409, []]);
    expect(await usernameOf(person.email)).toEqual([]);
    expect(await usernameOf(native.email)).toEqual([native.username]);
  });

  it('is free again when a proved enrolment was never finished', async () => {
    const person = aVaultPerson();
    await enrolAndProve(service, person);
    service.clock.advanceSeconds(86_400);
    const native = aPerson({ username: person.username });
    await register(service, native);
    expectStatus(
      await service.post('/auth/activate', { ticket: await newestTicket(service, native, 'activate') }),
      204,
    );
    expect(await usernameOf(native.email)).toEqual([native.username]);
  });
});
