import { luminaProblemOf } from '../../support/lumina-problem';
import { aNamedOwner, aNamedPerson, aPlainOwner, luminaLogin, luminaRegister } from '../../support/lumina';
import { anAccount, expectStatus } from '../../support/accounts';
import { codeNow, scan } from '../../support/second-factor';
import { startDescribedApp } from '../../support/described-app';
import type { TestApp } from '../../support/test-app';
import { aVaultPerson, enrolAndProve } from '../../support/vault';
import { totpGenerators } from '../../support/totp-generators';

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp();
});
afterAll(() => service.close());

const invalid = (...names: string[]) => ({ status: 422, code: 'validation', detail: names[0], names });
const TAKEN = { status: 409, code: 'username-taken', detail: 'UsernameAlreadyExists' };

describe('POST /api/v1/auth/register', () => {
  it('answers as the document prints it', async () => {
    const body = { Username: 'JohnDoe', Password: 'Abcd123$', PasswordConfirm: 'Abcd123$', Use2fa: true };
    const answer = expectStatus(await service.post('/api/v1/auth/register', body), 201);
    expect(answer.json()).toEqual({
      Id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
      Username: 'JohnDoe',
      TotpSecret: expect.stringMatching(/^data:image\/png;base64,[\w+/=]+$/),
    });
    expect(answer.headers['location']).toBe('/user/me');
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it.each(Object.keys(totpGenerators))('%s signs in with what a camera reads from the picture', async (app) => {
    const person = aNamedPerson();
    const { TotpSecret } = (await luminaRegister(service, person)).json<{ TotpSecret: string }>();
    const uri = scan(TotpSecret);
    expect([uri.protocol, uri.host, decodeURIComponent(uri.pathname)]).toEqual([
      'otpauth:',
      'totp',
      `/Latchkey:${person.username}`,
    ]);
    const code = await codeNow(service, uri.searchParams.get('secret') ?? '', app);
    expect((await luminaLogin(service, person, code)).statusCode).toBe(200);
  });

  it('without Use2fa, or with null for it, the second factor is on from the first moment', async () => {
    for (const more of [{}, { Use2fa: null }, { Use2fa: true }]) {
      const person = aNamedPerson();
      expect((await luminaRegister(service, person, more)).json()).toMatchObject({ TotpSecret: expect.any(String) });
      expect(luminaProblemOf(await luminaLogin(service, person))).toMatchObject({ status: 422, code: 'mfa-required' });
    }
  });

  it('with Use2fa false there is no picture, and the password does', async () => {
    const person = aNamedPerson();
    expect((await luminaRegister(service, person, { Use2fa: false })).json()).toMatchObject({ TotpSecret: null });
    expect((await luminaLogin(service, person)).statusCode).toBe(200);
  });

  it('a username that any account has is taken, in whatever case', async () => {
    const { username } = await aNamedOwner(service);
    await anAccount(service, { username: 'Olga' });
    for (const taken of [username, username.toUpperCase(), 'oLGA']) {
      expect(luminaProblemOf(await luminaRegister(service, aNamedPerson({ username: taken })))).toEqual(TAKEN);
    }
  });

  it('a username that somebody keeps who has proved a mailbox for it is taken too', async () => {
    const person = aVaultPerson();
    await enrolAndProve(service, person);
    expect(luminaProblemOf(await luminaRegister(service, aNamedPerson({ username: person.username })))).toEqual(TAKEN);
  });

  it('a repeated one changes nothing of the account that is there', async () => {
    const owner = await aPlainOwner(service);
    expect(luminaProblemOf(await luminaRegister(service, { ...owner, password: 'Other123$' }))).toEqual(TAKEN);
    expect((await luminaLogin(service, owner)).statusCode).toBe(200);
  });
});

describe('a username', () => {
  it.each(['abc', 'A-1', 'john.doe_1', '007', 'a'.repeat(255)])('may be %s', async (username) => {
    expect((await luminaRegister(service, { username, password: 'Abcd123$' })).statusCode).toBe(201);
  });

  it.each([
    'ab',
    'a'.repeat(256),
    '-john',
    'john.',
    '_john',
    'john doe',
    'jöhn',
    'john@doe',
    'john\n',
    'jo/hn',
    '',
    7,
    null,
  ])('may not be %j', async (Username) => {
    expect(luminaProblemOf(await luminaRegister(service, aNamedPerson(), { Username }))).toEqual(
      invalid('InvalidUsername'),
    );
  });
});

describe('a password', () => {
  it.each(['Abcd123$', 'Ärger 1 ohne Ende!', 'Пароль-1', `${'x'.repeat(124)}A1$!`])('may be %s', async (password) => {
    const person = aNamedPerson({ password });
    expect((await luminaRegister(service, person, { Use2fa: false })).statusCode).toBe(201);
    expect((await luminaLogin(service, person)).statusCode).toBe(200);
  });

  it.each(['Abc12$', 'abcd123$', 'Abcdefg$', 'Abcd1234', 'Abcd 1234', `${'x'.repeat(125)}A1$!`, '', 12345678, null])(
    'may not be %j',
    async (Password) => {
      const answer = await luminaRegister(service, aNamedPerson(), { Password, PasswordConfirm: Password });
      expect(luminaProblemOf(answer).names).toContain('InvalidPassword');
    },
  );

  it('has to be given twice', async () => {
    for (const PasswordConfirm of ['Abcd123!', undefined, null]) {
      const answer = await luminaRegister(service, aNamedPerson(), { PasswordConfirm });
      expect(luminaProblemOf(answer)).toEqual(invalid('PasswordsNotMatch'));
    }
  });

  it('that settings do not allow is refused by the same name', async () => {
    const hardened = await startDescribedApp({ environment: { PROFILE: 'hardened' } });
    expect(luminaProblemOf(await luminaRegister(hardened, aNamedPerson()))).toEqual(invalid('InvalidPassword'));
    const person = aNamedPerson({ password: 'Long enough for 2026!' });
    expect((await luminaRegister(hardened, person, { Use2fa: false })).statusCode).toBe(201);
    expect((await luminaLogin(hardened, person)).statusCode).toBe(200);
    await hardened.close();
  });
});
