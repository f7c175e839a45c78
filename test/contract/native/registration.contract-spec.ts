import { aPerson, anAccount, bearer, logIn, newestTicket, register, signIn, ticketsOf } from '../../support/accounts';
import { problemOf } from '../../support/problem';
import { startDescribedApp } from '../../support/described-app';
import type { TestApp } from '../../support/test-app';

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp();
});
afterAll(() => service.close());

const INVALID_TICKET = { status: 401, code: 'invalid-ticket' };
const DEVICE_COOKIE = /^device=[\w.-]+; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/;

describe('POST /auth/register', () => {
  it('answers the document’s request with 204 and mails an activation ticket', async () => {
    const person = { email: 'hello@example.com', password: 'between 6-128 characters' };
    const answer = await service.post('/auth/register', person);
    expect([answer.statusCode, answer.body, answer.headers['content-type']]).toEqual([204, '', undefined]);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(await ticketsOf(service, person)).toEqual([{ page: 'activate', secret: expect.any(String) }]);
  });

  it('makes no account before the mailbox is proved', async () => {
    const person = aPerson();
    await register(service, person);
    expect(problemOf(await logIn(service, person))).toEqual({ status: 401, code: 'invalid-credentials' });
  });

  it('answers the same for an address in use, and mails its owner that he has an account', async () => {
    const owner = await anAccount(service);
    const answer = await service.post('/auth/register', { ...owner, password: 'somebody else’s' });
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    const [mail] = await service.mailsTo(owner.email);
    expect(mail?.subject).toContain('already have an account');
    expect(mail?.text).toMatch(/\/reset-password\?token=/);
  });

  it('tells that a username is a live account’s, in any case and whatever the address', async () => {
    const { email } = await anAccount(service, { username: 'Hannah' });
    for (const registration of [aPerson({ username: 'hannah' }), aPerson({ email, username: 'HANNAH' })]) {
      const answer = await service.post('/auth/register', registration);
      expect(problemOf(answer)).toEqual({ status: 409, code: 'username-taken' });
    }
  });

  it('counts 6 to 128 characters as code points after NFKC', async () => {
    const lengthOf = async (password: string) =>
      (await service.post('/auth/register', aPerson({ password }))).statusCode;
    expect(await lengthOf('🔑'.repeat(5))).toBe(400);
    expect(await lengthOf('🔑'.repeat(6))).toBe(204);
    expect(await lengthOf('🔑'.repeat(128))).toBe(204);
    expect(await lengthOf('🔑'.repeat(129))).toBe(400);
    // three ligatures are six letters to NFKC; e and its accent are one
    expect(await lengthOf('ﬁ'.repeat(3))).toBe(204);
    expect(await lengthOf('e\u0301'.repeat(5))).toBe(400);
  });
});

describe('with AUTO_ACTIVATE=true', () => {
  let automatic: TestApp;
  beforeAll(async () => {
    automatic = await startDescribedApp({ environment: { AUTO_ACTIVATE: 'true' } });
  });
  afterAll(() => automatic.close());

  it('an account signs in at once and its address stays unproved', async () => {
    const person = aPerson();
    await register(automatic, person);
    const me = await automatic.get('/user/me', bearer(await signIn(automatic, person)));
    expect(me.json()).toMatchObject({ email: person.email, email_verified: false });
  });

  it('an address in use is 409: there is nothing else to tell the owner by', async () => {
    const person = aPerson();
    await register(automatic, person);
    const again = await automatic.post('/auth/register', { ...person, email: person.email.toUpperCase() });
    expect(problemOf(again)).toEqual({ status: 409, code: 'email-taken' });
  });
});

describe('POST /auth/activate', () => {
  it('answers 204 and makes the browser a known device', async () => {
    const person = aPerson();
    await register(service, person);
    const ticket = await newestTicket(service, person, 'activate');
    const answer = await service.post('/auth/activate', { ticket });
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    expect(answer.headers['set-cookie']).toMatch(DEVICE_COOKIE);
    expect(answer.headers['set-cookie']).toContain(`device=${String(answer.headers['x-device-token'])};`);
    await signIn(service, person);
  });

  it('refuses what is unknown, used, or expired alike', async () => {
    const [used, late] = [aPerson(), aPerson()];
    for (const person of [used, late]) await register(service, person);
    const [usedTicket, lateTicket] = [
      await newestTicket(service, used, 'activate'),
      await newestTicket(service, late, 'activate'),
    ];
    await service.post('/auth/activate', { ticket: usedTicket });
    service.clock.advanceSeconds(24 * 3600);
    const tickets = ['0175b2e2-b6b5-4d3f-a5db-5b2d4bfc2ce7', usedTicket, lateTicket];
    const answers = await Promise.all(tickets.map((ticket) => service.post('/auth/activate', { ticket })));
    expect(answers.map(problemOf)).toEqual([INVALID_TICKET, INVALID_TICKET, INVALID_TICKET]);
    const bodies = answers.map((answer) => ({ ...answer.json<object>(), instance: null }));
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
  });

  it('takes a ticket for 24 hours from when it was mailed', async () => {
    const person = aPerson();
    await register(service, person);
    const ticket = await newestTicket(service, person, 'activate');
    service.clock.advanceSeconds(24 * 3600 - 1);
    expect((await service.post('/auth/activate', { ticket })).statusCode).toBe(204);
  });
});

describe('POST /auth/activate/request', () => {
  const request = async (email: string) => {
    const answer = await service.post('/auth/activate/request', { email });
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
  };

  it('mails a link to choose a password where a registration waits, never the registration itself', async () => {
    const person = aPerson();
    await register(service, person);
    await request(person.email);
    const [resent] = await ticketsOf(service, person);
    expect(resent?.page).toBe('reset-password');
    const body = { ticket: resent?.secret, new_password: 'another password' };
    expect((await service.post('/auth/change-password/change', body)).statusCode).toBe(204);
    const me = await service.get(
      '/user/me',
      bearer(await signIn(service, { ...person, password: 'another password' })),
    );
    expect(me.json()).toMatchObject({ email: person.email, email_verified: true });
  });

  it('mails nothing where nothing waits, and nothing to a proved address', async () => {
    const [nobody, owner] = [aPerson(), await anAccount(service)];
    for (const { email } of [nobody, owner]) await request(email);
    expect(await service.mailsTo(nobody.email)).toEqual([]);
    expect(await service.mailsTo(owner.email)).toHaveLength(1); // the activation mail
  });
});

describe('POST /auth/verify-email', () => {
  let automatic: TestApp;
  beforeAll(async () => {
    automatic = await startDescribedApp({ environment: { AUTO_ACTIVATE: 'true' } });
  });
  afterAll(() => automatic.close());

  const anUnprovedAccount = async () => {
    const person = aPerson();
    await register(automatic, person);
    return { ...person, ticket: await newestTicket(automatic, person, 'verify-email') };
  };
  const isVerified = async (person: Parameters<typeof signIn>[1]) => {
    const me = await automatic.get('/user/me', bearer(await signIn(automatic, person)));
    return me.json<{ email_verified: boolean }>().email_verified;
  };

  it('proves the address with the ticket and a session of that account', async () => {
    const person = await anUnprovedAccount();
    const tokens = await signIn(automatic, person);
    const answer = await automatic.post('/auth/verify-email', { ticket: person.ticket }, bearer(tokens));
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    expect(answer.headers['set-cookie']).toMatch(DEVICE_COOKIE);
    expect(await isVerified(person)).toBe(true);
  });

  it('proves the address with the ticket and its password', async () => {
    const { ticket, ...person } = await anUnprovedAccount();
    const answer = await automatic.post('/auth/verify-email', { ticket, password: person.password });
    expect(answer.statusCode).toBe(204);
    expect(await isVerified(person)).toBe(true);
  });

  it.each<[string, object, object]>([
    ['the ticket alone', {}, { status: 401, code: 'invalid-token' }],
    ['a wrong password', { password: 'wrong' }, { status: 401, code: 'invalid-credentials' }],
    ['a password that is null', { password: null }, { status: 400, code: 'validation', fields: ['password'] }],
  ])('does nothing for %s', async (_what, body, refusal) => {
    const { ticket, ...person } = await anUnprovedAccount();
    expect(problemOf(await automatic.post('/auth/verify-email', { ticket, ...body }))).toEqual(refusal);
    expect(await isVerified(person)).toBe(false);
  });

  it('does nothing for the session of another account', async () => {
    const [victim, other] = [await anUnprovedAccount(), await anUnprovedAccount()];
    const headers = bearer(await signIn(automatic, other));
    const answer = await automatic.post('/auth/verify-email', { ticket: victim.ticket }, headers);
    expect(problemOf(answer)).toEqual(INVALID_TICKET);
    expect(await isVerified(victim)).toBe(false);
  });
});
