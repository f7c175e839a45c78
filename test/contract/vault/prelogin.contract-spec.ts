import type { Response } from 'light-my-request';
import { anAccount, expectStatus } from '../../support/accounts';
import { startDescribedApp } from '../../support/described-app';
import { startTestApp, type TestApp } from '../../support/test-app';
import { anIdentifier, aVault, aVaultPerson } from '../../support/vault';
import { vaultProblemOf } from '../../support/vault-problem';

let service: TestApp & { readonly dataDir: string };
beforeAll(async () => {
  service = await startDescribedApp();
});
afterAll(() => service.close());

interface Prelogin {
  readonly salt: string;
  readonly argon2Params: string;
}

const ask = (email: string, app: TestApp = service): Promise<Response> => app.post('/api/auth/prelogin', { email });

async function answerFor(email: string, app: TestApp = service): Promise<Prelogin> {
  return expectStatus(await ask(email, app), 200).json<{ data: Prelogin }>().data;
}

const own = { salt: Buffer.alloc(16, 9).toString('base64'), argon2Params: '{"algorithm":"argon2id","memory":32768}' };

describe('POST /api/auth/prelogin', () => {
  it('gives the client’s own salt and parameters, and nothing more', async () => {
    const { person } = await aVault(service, aVaultPerson(), anIdentifier(own));
    const answer = await ask(person.email);
    expect([answer.statusCode, answer.json()]).toEqual([200, { data: own, message: expect.any(String) }]);
    expect(answer.cookies).toEqual([]);
    expect(await answerFor(person.email.toUpperCase())).toEqual(own);
  });

  it('gives none of what a guess can be checked against', async () => {
    const { person, identifier } = await aVault(service);
    const { body } = await ask(person.email);
    for (const secret of [identifier.encryptedDek, identifier.nonce, identifier.authVerifier]) {
      expect(body).not.toContain(secret);
    }
  });

  it('gives an address that nobody has what a vault of the recommended kind would give', async () => {
    const real = anIdentifier();
    const decoy = await answerFor(aVaultPerson().email);
    expect(Object.keys(decoy).sort()).toEqual(['argon2Params', 'salt']);
    expect(decoy.argon2Params).toBe(real.argon2Params);
    expect(decoy.salt).toMatch(/^[A-Za-z0-9+/]{22}==$/);
    expect(Buffer.from(decoy.salt, 'base64')).toHaveLength(Buffer.from(real.salt, 'base64').length);
  });

  it('gives an account without a vault a decoy too', async () => {
    const { email } = await anAccount(service);
    const decoy = await answerFor(email);
    expect(decoy).toEqual({ salt: expect.stringMatching(/^[A-Za-z0-9+/]{22}==$/), argon2Params: expect.any(String) });
    expect(await answerFor(email)).toEqual(decoy);
  });

  it('an address’s decoy is its own, whatever its case', async () => {
    const addresses = Array.from({ length: 20 }, () => aVaultPerson().email);
    const salts: string[] = [];
    for (const email of addresses) {
      const { salt } = await answerFor(email);
      expect((await answerFor(` ${email.toUpperCase()}`.trim())).salt).toBe(salt);
      salts.push(salt);
    }
    expect(new Set(salts).size).toBe(addresses.length);
  });

  it('a decoy is the same tomorrow, after a restart and in every process', async () => {
    const { email } = aVaultPerson();
    const decoy = await answerFor(email);
    const { database, clock, dataDir } = service;
    const other = await startTestApp({ database, clock, dataDir });
    expect(await answerFor(email, other)).toEqual(decoy);
    await other.close();
    service.clock.advanceSeconds(86_400);
    expect(await answerFor(email)).toEqual(decoy);
  });

  it('no other service has the same decoys', async () => {
    const { email } = aVaultPerson();
    const stranger = await startTestApp();
    expect((await answerFor(email, stranger)).salt).not.toBe((await answerFor(email)).salt);
    await stranger.close();
  });

  it('a decoy stays while an account is made, and gives way to the vault', async () => {
    const person = aVaultPerson();
    const decoy = await answerFor(person.email);
    await service.post('/api/auth', person);
    expect(await answerFor(person.email)).toEqual(decoy);
    await service.mailsTo(person.email);
    service.clock.advanceSeconds(60);
    await aVault(service, person, anIdentifier(own));
    expect(await answerFor(person.email)).toEqual(own);
  });

  it.each<[string, unknown]>([
    ['no address', {}],
    ['one that is none', { email: 'nobody' }],
    ['a number', { email: 7 }],
  ])('refuses %s', async (_what, body) => {
    const answer = await service.post('/api/auth/prelogin', body);
    expect(vaultProblemOf(answer)).toEqual({ status: 400, code: 'validation' });
  });

  it('ignores what it does not know', async () => {
    const body = { email: aVaultPerson().email, username: 7 };
    expect((await service.post('/api/auth/prelogin', body)).statusCode).toBe(200);
  });
});

describe('POST /api/user/identifier', () => {
  it('is not there, unless the older spellings are asked for', async () => {
    const { person } = await aVault(service);
    const answer = await service.post('/api/user/identifier', { email: person.email });
    expect(vaultProblemOf(answer)).toEqual({ status: 404, code: 'not-found' });
  });

  it('gives older clients the keys, never the verifier; decoys of the same shape to others', async () => {
    const { person, identifier } = await aVault(service);
    const { authVerifier, ...keys } = identifier;
    const { database, clock, dataDir } = service;
    const older = await startTestApp({ database, clock, dataDir, environment: { LEGACY_SPELLINGS: 'true' } });
    const known = await older.post('/api/user/identifier', { email: person.email });
    expect([known.statusCode, known.json()]).toEqual([200, { data: keys, message: expect.any(String) }]);
    expect(known.body).not.toContain(authVerifier);
    const unknown = await older.post('/api/user/identifier/', { email: aVaultPerson().email });
    const { data } = expectStatus(unknown, 200).json<{ data: typeof keys }>();
    expect(Object.keys(data)).toEqual(Object.keys(known.json<{ data: object }>().data));
    expect(data.argon2Params).toBe(keys.argon2Params);
    for (const name of ['encryptedDek', 'salt', 'nonce'] as const) {
      expect(Buffer.from(data[name], 'base64')).toHaveLength(Buffer.from(keys[name], 'base64').length);
    }
    await older.close();
  });
});
