import { anAccount, aPerson, expectStatus, logIn, newestTicket, register } from '../../support/accounts';
import {
  aClaimsAccount,
  aClaimsPerson,
  claimsLogin,
  claimsProblemOf,
  claimsRegister,
  claimsSignIn,
} from '../../support/claims';
import { startDescribedApp } from '../../support/described-app';
import type { TestApp } from '../../support/test-app';
import { aVaultPerson, enrolAndProve } from '../../support/vault';

let service: TestApp & { readonly dataDir: string };
beforeAll(async () => {
  service = await startDescribedApp();
});
afterAll(() => service.close());

const REGISTERED = [201, { message: 'registered' }] as const;
const USERNAME_TAKEN = { status: 409, code: 'username-taken' };

const linksTo = async (email: string) =>
  (await service.mailsTo(email)).map(({ text }) => /\/(verify-email|reset-password|activate)\?/.exec(text)?.[1]);
const accountsOf = (email: string) =>
  service.database.dataSource.query<{ username: string; email_verified_at: Date | null }[]>(
    'SELECT username, email_verified_at FROM users WHERE email_canonical = $1',
    [email.toLowerCase()],
  );

describe('POST /api/v1/register', () => {
  it('answers the document’s own example, and the account signs in at once', async () => {
    const example = { email: 'user@example.com', username: 'hijack', password: '123456' };
    const answer = await service.post('/api/v1/register', example);
    expect([answer.statusCode, answer.json()]).toEqual(REGISTERED);
    expect((await claimsLogin(service, example)).statusCode).toBe(200);
    expect(await accountsOf(example.email)).toEqual([{ username: 'hijack', email_verified_at: null }]);
  });

  it.each([
    ['', ['verify-email']],
    ['?sendEmail=true', ['verify-email']],
    ['?sendEmail=false', []],
    ['?utm=x', ['verify-email']],
  ])('with "%s" mails %j', async (query, links) => {
    const person = aClaimsPerson();
    expectStatus(await claimsRegister(service, person, query), 201);
    expect(await linksTo(person.email)).toEqual(links);
    expect((await claimsLogin(service, person)).statusCode).toBe(200);
  });

  it('the link proves the address, together with the password or a session', async () => {
    const person = await aClaimsAccount(service);
    const ticket = await newestTicket(service, person, 'verify-email');
    const wrong = await service.post('/auth/verify-email', { ticket, password: 'not it' });
    expect([wrong.statusCode, wrong.json<{ code: string }>().code]).toEqual([401, 'invalid-credentials']);
    expectStatus(await service.post('/auth/verify-email', { ticket, password: person.password }), 204);
    expect((await accountsOf(person.email))[0]?.email_verified_at).not.toBeNull();
    expect((await service.post('/auth/verify-email', { ticket, password: person.password })).statusCode).toBe(401);
  });

  it('GET /api/v1/verify shows the page of the link and spends nothing', async () => {
    const person = await aClaimsAccount(service);
    const ticket = await newestTicket(service, person, 'verify-email');
    for (const method of ['GET', 'HEAD'] as const) {
      const page = await service.inject({ method, url: `/api/v1/verify?token=${ticket}` });
      expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      expect(page.headers['referrer-policy']).toBe('same-origin');
      if (method === 'GET') expect(page.body).toContain(`name="token" value="${ticket}"`);
    }
    expectStatus(await service.post('/auth/verify-email', { ticket, password: person.password }), 204);
  });

  it('ignores fields that it does not know', async () => {
    const person = aClaimsPerson();
    const answer = await service.post('/api/v1/register', { ...person, role: 'admin', email_verified: true });
    expect(answer.statusCode).toBe(201);
    expect(await accountsOf(person.email)).toEqual([{ username: person.username, email_verified_at: null }]);
  });

  it.each<[string, object | undefined, string, string[]]>([
    ['nothing', undefined, '', ['email', 'username', 'password']],
    ['no username', { email: 'a@example.com', password: '123456' }, '', ['username']],
    ['an address that is none', { ...aClaimsPerson(), email: 'x' }, '', ['email']],
    ['a username with an @', { ...aClaimsPerson(), username: 'a@b' }, '', ['username']],
    ['a username of two characters', { ...aClaimsPerson(), username: 'ab' }, '', ['username']],
    ['five characters', { ...aClaimsPerson(), password: '12345' }, '', ['password']],
    ['a number for a password', { ...aClaimsPerson(), password: 123456 }, '', ['password']],
    ['sendEmail=maybe', aClaimsPerson(), '?sendEmail=maybe', ['sendEmail']],
    ['sendEmail twice', aClaimsPerson(), '?sendEmail=true&sendEmail=false', ['sendEmail']],
    ['an empty sendEmail', aClaimsPerson(), '?sendEmail=', ['sendEmail']],
  ])('names what is wrong with %s', async (_what, body, query, fields) => {
    const answer = await service.post(`/api/v1/register${query}`, body);
    expect(claimsProblemOf(answer)).toEqual({ status: 400, code: 'validation' });
    const { error } = answer.json<{ error: string }>();
    for (const field of fields) expect(error).toContain(`${field} `);
  });
});

describe('an address in use', () => {
  it.each([
    ['proved', () => anAccount(service)],
    ['made here, unproved', () => aClaimsAccount(service)],
  ])('that is %s gets the same answer and no account; its mailbox a link to choose a password', async (_what, make) => {
    const owner = await make();
    const before = (await service.mailsTo(owner.email)).length;
    const stranger = aClaimsPerson({ email: owner.email.toUpperCase(), password: 'the stranger’s' });
    for (const query of ['', '?sendEmail=false']) {
      const answer = await claimsRegister(service, stranger, query);
      expect([answer.statusCode, answer.json()]).toEqual(REGISTERED);
    }
    expect((await linksTo(owner.email)).slice(0, -before)).toEqual(['reset-password', 'reset-password']);
    expect(await accountsOf(owner.email)).toHaveLength(1);
    expect(claimsProblemOf(await claimsLogin(service, stranger))).toEqual({ status: 401, code: 'invalid-credentials' });
    expect((await claimsLogin(service, owner)).statusCode).toBe(200);
    // the username that came along was given to nobody
    expect((await claimsRegister(service, aClaimsPerson({ username: stranger.username }))).statusCode).toBe(201);
    expect(await accountsOf(owner.email)).not.toContainEqual(expect.objectContaining({ username: stranger.username }));
  });

  it('a registration that waits holds nothing: this one makes the account', async () => {
    const waiting = aPerson();
    await register(service, waiting);
    const person = await aClaimsAccount(service, { email: waiting.email, password: 'another password' });
    expect((await logIn(service, waiting)).statusCode).toBe(401);
    expect((await claimsLogin(service, person)).statusCode).toBe(200);
  });
});

describe('a username', () => {
  it.each([
    ['of an account made here', () => aClaimsAccount(service)],
    ['of an account made elsewhere', () => anAccount(service, { username: 'Elsewhere' })],
  ])('%s is told taken, whatever its case and whatever the address', async (_what, make) => {
    const { username = '', email } = await make();
    const taken = username.toUpperCase();
    expect(claimsProblemOf(await claimsRegister(service, aClaimsPerson({ username: taken })))).toEqual(USERNAME_TAKEN);
    const ofHolder = await claimsRegister(service, aClaimsPerson({ username: taken, email }));
    expect(claimsProblemOf(ofHolder)).toEqual(USERNAME_TAKEN);
  });

  it('that an enrolment keeps is taken, for its own address too, as long as it is kept', async () => {
    const enrolled = aVaultPerson();
    await enrolAndProve(service, enrolled);
    for (const email of [aPerson().email, enrolled.email]) {
      const answer = await claimsRegister(service, aClaimsPerson({ email, username: enrolled.username }));
      expect(claimsProblemOf(answer)).toEqual(USERNAME_TAKEN);
    }
    service.clock.advanceSeconds(15 * 60);
    expect((await claimsRegister(service, aClaimsPerson({ username: enrolled.username }))).statusCode).toBe(201);
  });
});

it('an account made here is one everywhere', async () => {
  const person = await aClaimsAccount(service);
  expect((await logIn(service, person)).statusCode).toBe(200);
  const { access } = await claimsSignIn(service, person);
  const me = await service.get('/user/me', { authorization: `Bearer ${access}` });
  expect(me.json()).toMatchObject({ email: person.email, username: person.username, email_verified: false });
});
