import { decodeJwt } from 'jose';
import { expectStatus } from '../../support/accounts';
import { startDescribedApp } from '../../support/described-app';
import { codeNow, enableTotp, freshCode, replaceRecoveryCodes, wrongCode } from '../../support/second-factor';
import type { TestApp } from '../../support/test-app';
import {
  anIdentifier,
  aVault,
  cookieHeader,
  cookiesOf,
  patch,
  vaultLogin,
  type VaultPerson,
} from '../../support/vault';
import { vaultProblemOf } from '../../support/vault-problem';

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp();
});
afterAll(() => service.close());

const INVALID_CODE = { status: 401, code: 'invalid-code' };

interface SecuredVault {
  readonly person: VaultPerson;
  readonly verifier: string;
  readonly access: string;
  readonly secret: string;
}

async function aSecuredVault(): Promise<SecuredVault> {
  const { person, identifier, cookies } = await aVault(service);
  const access = cookies['sv_at'] ?? '';
  return { person, verifier: identifier.authVerifier, access, secret: await enableTotp(service, { access }) };
}

async function ticketFor({ person, verifier }: SecuredVault): Promise<string> {
  const answer = expectStatus(await vaultLogin(service, person, verifier), 401);
  return answer.json<{ error: { details: { ticket: string } } }>().error.details.ticket;
}

describe('login, where a second factor is on', () => {
  it('asks for a code: 401 with a ticket, and nothing that signs in', async () => {
    const { person, verifier } = await aSecuredVault();
    const answer = await vaultLogin(service, person, verifier);
    expect(vaultProblemOf(answer)).toEqual({ status: 401, code: 'mfa-required' });
    const { error } = answer.json<{ error: { details: unknown } }>();
    expect(error.details).toEqual({ ticket: expect.stringMatching(/^\S{1,256}$/) });
    expect([answer.cookies, answer.headers['x-device-token']]).toEqual([[], undefined]);
  });

  it('takes the code inline', async () => {
    const { person, verifier, secret } = await aSecuredVault();
    const totpCode = await freshCode(service, secret);
    const answer = await vaultLogin(service, person, verifier, { totpCode });
    expect([answer.statusCode, answer.json<{ message: string }>().message]).toEqual([200, 'Login success']);
    const cookies = cookiesOf(answer);
    expect(Object.keys(cookies).sort()).toEqual(['device', 'sv_at', 'sv_rt']);
    expect(decodeJwt(cookies['sv_at'] ?? '')['amr']).toEqual(['pwd', 'otp']);
  });

  it('takes a recovery code inline, once', async () => {
    const { person, verifier, access } = await aSecuredVault();
    const [totpCode = ''] = await replaceRecoveryCodes(service, { access });
    expect((await vaultLogin(service, person, verifier, { totpCode })).statusCode).toBe(200);
    expect(vaultProblemOf(await vaultLogin(service, person, verifier, { totpCode }))).toEqual(INVALID_CODE);
  });

  it('refuses a wrong code, and one that was used', async () => {
    const { person, verifier, secret } = await aSecuredVault();
    const wrong = await wrongCode(service, secret);
    expect(vaultProblemOf(await vaultLogin(service, person, verifier, { totpCode: wrong }))).toEqual(INVALID_CODE);
    const totpCode = await freshCode(service, secret);
    expect((await vaultLogin(service, person, verifier, { totpCode })).statusCode).toBe(200);
    expect(vaultProblemOf(await vaultLogin(service, person, verifier, { totpCode }))).toEqual(INVALID_CODE);
  });

  it('tells of the factor only after the right verifier', async () => {
    const { person, secret } = await aSecuredVault();
    for (const more of [{}, { totpCode: await codeNow(service, secret) }]) {
      expect(vaultProblemOf(await vaultLogin(service, person, 'wrong', more))).toEqual({
        status: 401,
        code: 'invalid-credentials',
      });
    }
  });
});

describe('a ticket of a vault', () => {
  it('is finished at POST /auth/mfa/totp, whose body is native’s and whose cookies are the vault’s', async () => {
    const vault = await aSecuredVault();
    const ticket = await ticketFor(vault);
    const code = await freshCode(service, vault.secret);
    const answer = await service.post('/auth/mfa/totp', { ticket, code });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ jwt_token: expect.any(String), jwt_expires_in: 900_000 });
    const cookies = cookiesOf(answer);
    expect(Object.keys(cookies)).toEqual(expect.arrayContaining(['device', 'sv_at', 'sv_rt']));
    expect([answer.headers['set-cookie']].flat()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^sv_at=[\w.-]+; Max-Age=900; Path=\/; HttpOnly; SameSite=Lax$/),
        expect.stringMatching(/^sv_rt=[\w.-]+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/),
      ]),
    );
    expect((await service.get('/api/auth/identifier', cookieHeader(cookies))).statusCode).toBe(200);
  });

  it('makes a session of a vault: refreshed here, and not by native', async () => {
    const vault = await aSecuredVault();
    const body = { ticket: await ticketFor(vault), code: await freshCode(service, vault.secret) };
    const answer = expectStatus(await service.post('/auth/mfa/totp', body), 200);
    const { sv_rt: token = '' } = cookiesOf(answer);
    expect((await service.post('/auth/token/refresh', { refresh_token: token })).statusCode).toBe(401);
    expect((await service.post('/api/auth/refresh', undefined, { cookie: `sv_rt=${token}` })).statusCode).toBe(200);
  });

  it('is void once the verifier has changed', async () => {
    const vault = await aSecuredVault();
    const ticket = await ticketFor(vault);
    const change = { ...anIdentifier({ authVerifier: 'another verifier' }), currentAuthVerifier: vault.verifier };
    expectStatus(await patch(service, '/api/auth/verif/identifier', change, { sv_at: vault.access }), 200);
    const code = await freshCode(service, vault.secret);
    expect((await service.post('/auth/mfa/totp', { ticket, code })).statusCode).toBe(401);
  });
});
