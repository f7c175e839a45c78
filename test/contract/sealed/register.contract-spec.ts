import { aPerson, anAccount, expectStatus, logIn, newestTicket, register, type Person } from '../../support/accounts';
import { startDescribedApp } from '../../support/described-app';
import { aSealedPerson, seal, sealedLogin, sealedProblemOf, sealedRegister, tokensIn } from '../../support/sealed';
import { sealedClients } from '../../support/sealed-clients';
import type { TestApp } from '../../support/test-app';
import { aVaultPerson, enrolAndProve } from '../../support/vault';

let service: TestApp & { readonly dataDir: string };
beforeAll(async () => {
  service = await startDescribedApp({ environment: { LOCKOUT_ATTEMPTS: '100' } });
});
afterAll(() => service.close());

const USERNAME_TAKEN = { status: 409, code: 'username-taken' };
const EMAIL_TAKEN = { status: 409, code: 'email-taken' };
const INVALID_PASSWORD = { status: 400, code: 'invalid-encrypted-password' };

const accountsOf = ({ email }: Pick<Person, 'email'>) =>
  service.database.dataSource.query<{ username: string; email_verified_at: Date | null }[]>(
    'SELECT username, email_verified_at FROM users WHERE email_canonical = $1',
    [email.toLowerCase()],
  );
const linksTo = async (email: string) =>
  (await service.mailsTo(email)).map(({ text }) => /\/(verify-email|reset-password|activate)\?/.exec(text)?.[1]);

describe.each([
  ['as it comes', {}],
  ['with the older spellings', { LEGACY_SPELLINGS: 'true' }],
])('POST /auth/register, %s,', (_what, environment) => {
  let spelt: TestApp;
  beforeAll(async () => {
    const { database, clock, dataDir } = service;
    spelt = await startDescribedApp({ environment, database, clock, dataDir });
  });
  afterAll(() => spelt.close());

  it.each(Object.keys(sealedClients))('takes what %s encrypts, and answers as printed', async (client) => {
    const { email, username, password } = aSealedPerson({ password: 'zażółć 😀 gęślą' });
    const answer = await spelt.post('/auth/register', { email, username, ...(await seal(spelt, password, client)) });
    expect(answer.statusCode).toBe(201);
    const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(answer.json()).toEqual({
      user: { id: expect.any(Number), email, username, created: instant, updated: instant },
      tokens: { accessToken: expect.any(String), refreshToken: expect.any(String) },
    });
    expect([answer.headers['cache-control'], answer.headers['x-device-token']]).toEqual([
      'no-store',
      expect.any(String),
    ]);
    expect(answer.cookies.map(({ name }) => name)).toEqual(['device']);
    expect((await sealedLogin(spelt, { username, password })).statusCode).toBe(200);
    expect((await logIn(spelt, { email, password })).statusCode).toBe(200);
  });

  it('is native’s without a ciphertext and a key: 204, and no account before the mailbox is proved', async () => {
    const person = aSealedPerson();
    await register(spelt, person);
    expect(await accountsOf(person)).toEqual([]);
  });
});

it('signs in at once: both tokens are good, the address is not proved', async () => {
  const person = aSealedPerson();
  const { accessToken, refreshToken } = tokensIn(await sealedRegister(service, person), 201);
  const me = await service.get('/user/me', { 'access-token': accessToken });
  expect(me.json()).toMatchObject({ email: person.email, username: person.username });
  const renewed = await service.get('/auth/refresh-token', { 'refresh-token': refreshToken });
  expect(renewed.json()).toEqual({ accessToken: expect.any(String), refreshToken: expect.any(String) });
  expect(await accountsOf(person)).toEqual([{ username: person.username, email_verified_at: null }]);
});

it('mails a link that proves the address, together with the password', async () => {
  const person = aSealedPerson();
  expectStatus(await sealedRegister(service, person), 201);
  expect(await linksTo(person.email)).toEqual(['verify-email']);
  const ticket = await newestTicket(service, person, 'verify-email');
  expect((await service.post('/auth/verify-email', { ticket, password: 'not it' })).statusCode).toBe(401);
  expectStatus(await service.post('/auth/verify-email', { ticket, password: person.password }), 204);
  expect((await accountsOf(person))[0]?.email_verified_at).not.toBeNull();
});

it.each<[string, () => Promise<Person>, (other: Person) => Partial<Person>, object]>([
  ['address, proved', () => anAccount(service), ({ email }) => ({ email: email.toUpperCase() }), EMAIL_TAKEN],
  ['address, unproved', () => registered(), ({ email }) => ({ email }), EMAIL_TAKEN],
  ['username', () => registered(), ({ username = '' }) => ({ username: username.toUpperCase() }), USERNAME_TAKEN],
  ['username and address', () => registered(), ({ username = '', email }) => ({ username, email }), USERNAME_TAKEN],
])('%s: one that an account holds is 409', async (_what, make, traits, problem) => {
  const owner = await make();
  const mails = (await service.mailsTo(owner.email)).length;
  const answer = await sealedRegister(service, aSealedPerson(traits(owner)));
  expect(sealedProblemOf(answer)).toEqual(problem);
  expect(answer.headers['x-device-token']).toBeUndefined();
  expect(await service.mailsTo(owner.email)).toHaveLength(mails);
  expect(await accountsOf(owner)).toHaveLength(1);
});

async function registered() {
  const person = aSealedPerson();
  expectStatus(await sealedRegister(service, person), 201);
  return person;
}

it('a username that an enrolment keeps is taken, for its own address too, as long as it is kept', async () => {
  const enrolled = aVaultPerson();
  await enrolAndProve(service, enrolled);
  for (const email of [aPerson().email, enrolled.email]) {
    const answer = await sealedRegister(service, aSealedPerson({ email, username: enrolled.username }));
    expect(sealedProblemOf(answer)).toEqual(USERNAME_TAKEN);
  }
  service.clock.advanceSeconds(15 * 60);
  expect((await sealedRegister(service, aSealedPerson({ username: enrolled.username }))).statusCode).toBe(201);
});

it('a registration that waits holds nothing: this one makes the account', async () => {
  const waiting = aPerson();
  await register(service, waiting);
  const person = aSealedPerson({ email: waiting.email, password: 'another password' });
  expect((await sealedRegister(service, person)).statusCode).toBe(201);
  expect((await logIn(service, waiting)).statusCode).toBe(401);
});

describe('a password that is no good', () => {
  it('is one answer, whatever is wrong with it, and leaves nothing', async () => {
    const { email, username } = aSealedPerson();
    const good = await seal(service, 'long enough');
    const other = aSealedPerson();
    expectStatus(await service.post('/auth/register', { email: other.email, username: other.username, ...good }), 201);
    const faults: object[] = [
      good,
      await seal(service, 'short'),
      await seal(service, 'x'.repeat(129)),
      { ...good, keyID: 999_999 },
      { ...good, encryptedPassword: '' },
      { ...good, encryptedPassword: Buffer.alloc(256, 0x7f).toString('base64') },
    ];
    const answers = new Set<string>();
    for (const fault of faults) {
      const answer = await service.post('/auth/register', { email, username, ...fault });
      expect(sealedProblemOf(answer)).toEqual(INVALID_PASSWORD);
      answers.add(answer.body);
    }
    expect(answers.size).toBe(1);
    expect(await accountsOf({ email })).toEqual([]);
    expect(await service.mailsTo(email)).toEqual([]);
  });

  it('is not looked at for names that are gone: the same ciphertext is good with others', async () => {
    const [owner, person] = [await registered(), aSealedPerson()];
    const sealed = await seal(service, person.password);
    for (const taken of [{ username: owner.username }, { email: owner.email }]) {
      const { email, username } = { ...person, ...taken };
      expect((await service.post('/auth/register', { email, username, ...sealed })).statusCode).toBe(409);
    }
    const { email, username } = person;
    expect((await service.post('/auth/register', { email, username, ...sealed })).statusCode).toBe(201);
    const bad = { ...sealed, encryptedPassword: '' };
    const answer = await service.post('/auth/register', { email, username: owner.username, ...bad });
    expect(sealedProblemOf(answer)).toEqual(USERNAME_TAKEN);
  });

  it('counts against its key, be it the padding or the policy', async () => {
    const { id, key } = await service.get('/auth/key').then((answer) => answer.json<{ id: number; key: string }>());
    const encrypt = async (text: string) => (await sealedClients['jsencrypt']?.(text, key)) ?? '';
    const { email, username, password } = aSealedPerson();
    for (let guess = 0; guess < 20; guess += 1) {
      const encryptedPassword = guess < 10 ? await encrypt('short') : Buffer.alloc(256, guess).toString('base64');
      const answer = await service.post('/auth/register', { email, username, encryptedPassword, keyID: id });
      expect(sealedProblemOf(answer)).toEqual(INVALID_PASSWORD);
    }
    const body = { email, username, encryptedPassword: await encrypt(password), keyID: id };
    expect(sealedProblemOf(await service.post('/auth/register', body))).toEqual(INVALID_PASSWORD);
    expect((await sealedRegister(service, { email, username, password })).statusCode).toBe(201);
  });
});

it.each<[string, object, string]>([
  ['no username', { username: undefined }, 'username'],
  ['a username with an @', { username: 'a@b' }, 'username'],
  ['an address that is none', { email: 'x' }, 'email'],
  ['no ciphertext', { encryptedPassword: undefined }, 'encryptedPassword'],
  ['a key in text', { keyID: '832' }, 'keyID'],
  ['an unknown field', { role: 'admin' }, 'role'],
  ['a password in the clear', { password: 'in the clear' }, 'password'],
])('%s is 400 and named', async (_what, change, field) => {
  const { email, username, password } = aSealedPerson();
  const body = { email, username, ...(await seal(service, password)), ...change };
  const answer = await service.post('/auth/register', body);
  expect(sealedProblemOf(answer)).toEqual({ status: 400, code: 'validation' });
  expect(answer.json<{ message: string }>().message).toContain(` ${field} `);
});

describe('with REQUIRE_VERIFIED_EMAIL=true', () => {
  let strict: TestApp;
  beforeAll(async () => {
    strict = await startDescribedApp({ environment: { REQUIRE_VERIFIED_EMAIL: 'true' } });
  });
  afterAll(() => strict.close());

  it('a registration waits for its mailbox: 403 not-activated, then it signs in', async () => {
    const person = aSealedPerson();
    const answer = await sealedRegister(strict, person);
    expect(sealedProblemOf(answer)).toEqual({ status: 403, code: 'not-activated' });
    expect(answer.headers['x-device-token']).toBeUndefined();
    expect((await sealedLogin(strict, person)).statusCode).toBe(401);
    const ticket = await newestTicket(strict, person, 'verify-email');
    expectStatus(await strict.post('/auth/verify-email', { ticket, password: person.password }), 204);
    expect((await sealedLogin(strict, person)).statusCode).toBe(200);
  });

  it('an address in use is not told, a username and a bad password are', async () => {
    const { username } = aSealedPerson();
    const owner = await anAccount(strict, { username });
    const ofOwner = await sealedRegister(strict, aSealedPerson({ email: owner.email }));
    expect(sealedProblemOf(ofOwner)).toEqual({ status: 403, code: 'not-activated' });
    expect(ofOwner.body).toBe((await sealedRegister(strict, aSealedPerson())).body);
    expect((await strict.mailsTo(owner.email))[0]?.text).toMatch(/\/reset-password\?/);
    const sameName = await sealedRegister(strict, aSealedPerson({ username }));
    expect(sealedProblemOf(sameName)).toEqual(USERNAME_TAKEN);
    const bad = await sealedRegister(strict, aSealedPerson({ email: owner.email, password: 'short' }));
    expect(sealedProblemOf(bad)).toEqual(INVALID_PASSWORD);
  });
});
