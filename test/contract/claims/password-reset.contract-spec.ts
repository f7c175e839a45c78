import { anAccount, aPerson, bearer, expectStatus, newestTicket, register, resetTicket } from '../../support/accounts';
import {
  aClaimsAccount,
  aClaimsPerson,
  claimsLogin,
  claimsProblemOf,
  claimsRefresh,
  claimsSignIn,
  confirmReset,
  verifyToken,
  type ClaimsPerson,
} from '../../support/claims';
import { startDescribedApp } from '../../support/described-app';
import { startTestApp, type TestApp } from '../../support/test-app';

let service: TestApp & { readonly dataDir: string };
beforeAll(async () => {
  service = await startDescribedApp();
});
afterAll(() => service.close());

const INVALID_TICKET = { status: 401, code: 'invalid-ticket' };
const NEXT = 'the next password';

const ask = (names: object, app = service) => app.post('/api/v1/password-reset', names);
const resetLinks = async (email: string, app = service) =>
  (await app.mailsTo(email)).flatMap(({ text }) => /^(\S+)[?&]token=\S+$/m.exec(text)?.[1] ?? []);

/** Registered here, the address proved. */
async function aProvedAccount(traits: Partial<ClaimsPerson> = {}): Promise<ClaimsPerson> {
  const person = aClaimsPerson(traits);
  await anAccount(service, person);
  return person;
}

async function aToken({ email, username }: ClaimsPerson): Promise<string> {
  expectStatus(await ask({ email, username }), 200);
  return newestTicket(service, { email }, 'reset-password');
}

describe('POST /api/v1/password-reset', () => {
  it('answers 200 with an empty body, and mails a link to the service’s own page', async () => {
    const { email, username } = await aProvedAccount();
    const answer = await ask({ email: email.toUpperCase(), username: username.toUpperCase() });
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    expect((await resetLinks(email))[0]).toBe('http://localhost:3000/reset-password');
  });

  it('answers alike and mails nothing unless address and username belong to one account', async () => {
    const [owner, other] = [await aProvedAccount(), await aProvedAccount()];
    const waiting = aPerson({ username: 'waiting-for-it' });
    await register(service, waiting);
    const pairs = [
      { email: owner.email, username: other.username },
      { email: other.email, username: owner.username },
      { email: owner.email, username: 'nobody' },
      { email: 'nobody@example.com', username: owner.username },
      { email: waiting.email, username: waiting.username },
    ];
    for (const pair of pairs) {
      const answer = await ask(pair);
      expect([answer.statusCode, answer.body]).toEqual([200, '']);
      expect((await resetLinks(pair.email)).filter((link) => link.includes('reset'))).toEqual([]);
    }
  });

  it.each([
    ['https://app.example.org/choose', 'https://app.example.org/choose?token='],
    ['http://localhost:8080', 'http://localhost:8080?token='],
    ['https://app.example.org/choose?lang=en', 'https://app.example.org/choose?lang=en&token='],
  ])('with RESET_PASSWORD_URL=%s its mails, and only its mails, link there', async (url, link) => {
    const custom = await startTestApp({ environment: { RESET_PASSWORD_URL: url } });
    const { email, username } = await aClaimsAccount(custom);
    await ask({ email, username }, custom);
    expectStatus(await custom.post('/auth/change-password/request', { email }), 204);
    const [mails] = [(await custom.mailsTo(email)).map(({ text }) => text)];
    expect(mails.filter((text) => text.includes(`\n${link}`))).toHaveLength(1);
    expect(mails.filter((text) => text.includes('\nhttp://localhost:3000/reset-password?token='))).toHaveLength(1);
    await custom.close();
  });

  it('mails at most so many an hour and a day, with native’s together, and answers the same beyond', async () => {
    const { email, username } = await aProvedAccount();
    for (let times = 0; times < 3; times += 1) {
      expectStatus(await service.post('/auth/change-password/request', { email }), 204);
      expect((await ask({ email, username })).statusCode).toBe(200);
    }
    expect((await resetLinks(email)).filter((link) => link.includes('reset-password'))).toHaveLength(4);
  });

  it.each<[string, object, string]>([
    ['no username', { email: 'a@example.com' }, 'username'],
    ['no address', { username: 'someone' }, 'email'],
    ['an address that is none', { email: 'x', username: 'someone' }, 'email'],
  ])('names what is wrong with %s', async (_what, body, field) => {
    const answer = await ask(body);
    expect(claimsProblemOf(answer)).toEqual({ status: 400, code: 'validation' });
    expect(answer.json<{ error: string }>().error).toContain(`${field} `);
  });
});

describe('POST /api/v1/password-reset-confirm', () => {
  it('sets the password, answers 200 with an empty body, and ends every session', async () => {
    const person = await aProvedAccount();
    const sessions = [await claimsSignIn(service, person), await claimsSignIn(service, person)];
    const answer = await confirmReset(service, await aToken(person), NEXT);
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    for (const tokens of sessions) {
      expect((await service.get('/user/me', bearer(tokens))).statusCode).toBe(401);
      expect((await claimsRefresh(service, tokens.refresh)).statusCode).toBe(401);
      expect((await verifyToken(service, tokens.refresh)).statusCode).toBe(401);
    }
    expect((await claimsLogin(service, person)).statusCode).toBe(401);
    expect((await claimsLogin(service, { ...person, password: NEXT })).statusCode).toBe(200);
  });

  it('gives the browser a device token and takes the cookies of sessions', async () => {
    const answer = await confirmReset(service, await aToken(await aProvedAccount()), NEXT);
    expect(answer.headers['x-device-token']).toEqual(expect.any(String));
    expect(answer.cookies.map(({ name, value }) => [name, value !== '']).sort()).toEqual([
      ['device', true],
      ['refresh_token', false],
      ['sv_at', false],
      ['sv_rt', false],
    ]);
  });

  it('spends the token, and voids those that were mailed before and after it', async () => {
    const person = await aProvedAccount();
    const [first, second] = [await aToken(person), await aToken(person)];
    expect((await confirmReset(service, first, NEXT)).statusCode).toBe(200);
    for (const token of [first, second]) {
      expect(claimsProblemOf(await confirmReset(service, token, 'yet another'))).toEqual(INVALID_TICKET);
    }
    expect((await claimsLogin(service, { ...person, password: NEXT })).statusCode).toBe(200);
    // the next one works as the first did
    expect((await confirmReset(service, await aToken(person), 'yet another')).statusCode).toBe(200);
  });

  it('takes a token of native’s mails, and native’s route one of this contract’s', async () => {
    const person = await aProvedAccount();
    expect((await confirmReset(service, await resetTicket(service, person), NEXT)).statusCode).toBe(200);
    const body = { ticket: await aToken(person), new_password: 'yet another' };
    expectStatus(await service.post('/auth/change-password/change', body), 204);
  });

  it('is good for 30 minutes', async () => {
    const person = await aProvedAccount();
    const token = await aToken(person);
    service.clock.advanceSeconds(30 * 60);
    expect(claimsProblemOf(await confirmReset(service, token, NEXT))).toEqual(INVALID_TICKET);
  });

  it('unequal or bad passwords are 400 and leave the token as it was', async () => {
    const person = await aProvedAccount();
    const token = await aToken(person);
    for (const [password, again, field] of [
      [NEXT, `${NEXT} `, 'new_password_confirm'],
      ['12345', '12345', 'new_password'],
      ['x'.repeat(129), 'x'.repeat(129), 'new_password'],
    ] as const) {
      const answer = await confirmReset(service, token, password, again);
      expect(claimsProblemOf(answer)).toEqual({ status: 400, code: 'validation' });
      expect(answer.json<{ error: string }>().error).toContain(`: ${field} `);
    }
    expect((await confirmReset(service, token, NEXT)).statusCode).toBe(200);
  });

  it.each([
    ['a token nobody mailed', '?token=x'],
    ['an empty one', '?token='],
    ['one of 257 characters', `?token=${'x'.repeat(257)}`],
    ['two', '?token=x&token=y'],
    ['a NUL', '?token=%00'],
  ])('%s is 401', async (_what, query) => {
    const body = { new_password: NEXT, new_password_confirm: NEXT };
    const answer = await service.post(`/api/v1/password-reset-confirm${query}`, body);
    expect(claimsProblemOf(answer)).toEqual(INVALID_TICKET);
  });

  it('without any token is 400, and so is a body that lacks a field', async () => {
    const body = { new_password: NEXT, new_password_confirm: NEXT };
    const answer = await service.post('/api/v1/password-reset-confirm', body);
    expect(claimsProblemOf(answer)).toEqual({ status: 400, code: 'validation' });
    expect(answer.json<{ error: string }>().error).toContain('token ');
    const url = '/api/v1/password-reset-confirm?token=x';
    expect(claimsProblemOf(await service.post(url, { new_password: NEXT })).status).toBe(400);
    expect(claimsProblemOf(await service.post(url)).status).toBe(400);
  });

  it('no other ticket is one', async () => {
    const person = await aClaimsAccount(service);
    const ticket = await newestTicket(service, person, 'verify-email');
    expect(claimsProblemOf(await confirmReset(service, ticket, NEXT))).toEqual(INVALID_TICKET);
    expectStatus(await service.post('/auth/verify-email', { ticket, password: person.password }), 204);
  });
});

it('an account whose address was never proved is the mailbox’s after a reset, under the username that was asked for', async () => {
  const person = await aClaimsAccount(service);
  const tokens = await claimsSignIn(service, person);
  expect((await confirmReset(service, await aToken(person), NEXT)).statusCode).toBe(200);
  expect((await service.get('/user/me', bearer(tokens))).statusCode).toBe(401);
  const fresh = await claimsSignIn(service, { ...person, password: NEXT });
  const me = await service.get('/user/me', bearer(fresh));
  expect(me.json()).toMatchObject({ email: person.email, username: person.username, email_verified: true });
  expect((await confirmReset(service, await aToken(person), 'yet another')).statusCode).toBe(200);
});
