import { Jobs } from '../../../src/platform/jobs/jobs.service';
import { anAccount, aPerson, expectStatus, logIn, newestTicket } from '../../support/accounts';
import {
  aClaimsAccount,
  aClaimsPerson,
  claimsLogin,
  claimsProblemOf,
  claimsRegister,
  claimsSignIn,
} from '../../support/claims';
import { startDescribedApp } from '../../support/described-app';
import { startTestApp, type TestApp } from '../../support/test-app';

let service: TestApp & { readonly dataDir: string };
beforeAll(async () => {
  service = await startDescribedApp({ environment: { REQUIRE_VERIFIED_EMAIL: 'true' } });
});
afterAll(() => service.close());

const NOT_ACTIVATED = { status: 403, code: 'not-activated' };
const INVALID_CREDENTIALS = { status: 401, code: 'invalid-credentials' };

describe('with REQUIRE_VERIFIED_EMAIL=true', () => {
  it('a sign-in waits for the mailed link: 403 to who knows the password, 401 to anybody else', async () => {
    const person = await aClaimsAccount(service);
    expect(claimsProblemOf(await claimsLogin(service, person))).toEqual(NOT_ACTIVATED);
    const guess = { ...person, password: 'wrong' };
    expect(claimsProblemOf(await claimsLogin(service, guess))).toEqual(INVALID_CREDENTIALS);
    const [mail] = await service.mailsTo(person.email);
    expect(mail?.text).toMatch(/^http:\/\/localhost:3000\/verify-email\?token=\S+$/m);
    const ticket = await newestTicket(service, person, 'verify-email');
    const wrong = await service.post('/auth/verify-email', { ticket, password: 'wrong' });
    expect([wrong.statusCode, wrong.json<{ code: string }>().code]).toEqual([401, 'invalid-credentials']);
    const proof = { ticket, password: person.password };
    const answer = expectStatus(await service.post('/auth/verify-email', proof), 204);
    expect(answer.headers['x-device-token']).toEqual(expect.any(String));
    expect((await claimsLogin(service, person)).statusCode).toBe(200);
    expect((await service.post('/auth/verify-email', proof)).statusCode).toBe(401);
    const me = await service.get('/user/me', {
      authorization: `Bearer ${(await claimsSignIn(service, person)).access}`,
    });
    expect(me.json()).toMatchObject({ email: person.email, username: person.username, email_verified: true });
  });

  it('the page of the link does it too', async () => {
    const person = await aClaimsAccount(service);
    const token = await newestTicket(service, person, 'verify-email');
    const payload = new URLSearchParams({ token, password: person.password }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const page = await service.inject({ method: 'POST', url: '/verify-email', headers, payload });
    expect([page.statusCode, page.body.includes('Address confirmed')]).toEqual([200, true]);
    expect((await claimsLogin(service, person)).statusCode).toBe(200);
  });

  it('sendEmail=false is refused', async () => {
    const answer = await claimsRegister(service, aClaimsPerson(), '?sendEmail=false');
    expect(claimsProblemOf(answer)).toEqual({ status: 400, code: 'validation' });
    expect(answer.json<{ error: string }>().error).toContain('sendEmail ');
    expect((await claimsRegister(service, aClaimsPerson(), '?sendEmail=true')).statusCode).toBe(201);
  });

  it('a link without the password of its registration proves nothing', async () => {
    const person = await aClaimsAccount(service);
    const owner = await anAccount(service);
    const { access } = await claimsSignIn(service, owner);
    const ticket = await newestTicket(service, person, 'verify-email');
    const headers = { authorization: `Bearer ${access}` };
    expect((await service.post('/auth/verify-email', { ticket }, headers)).statusCode).toBe(401);
    for (let guess = 0; guess < 10; guess += 1) {
      await service.post('/auth/verify-email', { ticket, password: `guess ${String(guess)}` });
    }
    const late = await service.post('/auth/verify-email', { ticket, password: person.password });
    expect(late.json()).toMatchObject({ code: 'invalid-ticket' });
  });

  it('an address in use is answered for alike, its owner is mailed a link to choose a password', async () => {
    const owner = await anAccount(service);
    const stranger = aClaimsPerson({ email: owner.email, password: 'the stranger’s' });
    expectStatus(await claimsRegister(service, stranger), 201);
    expect(claimsProblemOf(await claimsLogin(service, stranger))).toEqual(NOT_ACTIVATED);
    const [mail] = await service.mailsTo(owner.email);
    expect(mail?.text).toMatch(/\/reset-password\?token=/);
    expect((await claimsLogin(service, owner)).statusCode).toBe(200);
  });

  it('a registration holds no username before its proof, and a taken one is told', async () => {
    const first = await aClaimsAccount(service);
    const second = await aClaimsAccount(service, { username: first.username });
    for (const person of [second, first]) {
      const ticket = await newestTicket(service, person, 'verify-email');
      expectStatus(await service.post('/auth/verify-email', { ticket, password: person.password }), 204);
    }
    const names = [];
    for (const person of [first, second]) {
      const { access } = await claimsSignIn(service, person);
      const me = await service.get('/user/me', { authorization: `Bearer ${access}` });
      names.push(me.json<{ username: string | null }>().username);
    }
    expect(names).toEqual([null, first.username]);
    const late = await claimsRegister(service, aClaimsPerson({ username: first.username }));
    expect(claimsProblemOf(late)).toEqual({ status: 409, code: 'username-taken' });
  });

  it('who waits is told so for a day, from the network he registered from, and in this contract alone', async () => {
    const person = await aClaimsAccount(service);
    expect((await logIn(service, person)).statusCode).toBe(401);
    const elsewhere = await service.inject({
      method: 'POST',
      url: '/api/v1/login',
      payload: { email: person.email, password: person.password },
      remoteAddress: '198.51.100.7',
    });
    expect(claimsProblemOf(elsewhere)).toEqual(INVALID_CREDENTIALS);
    service.clock.advanceSeconds(24 * 3600 - 1);
    expect(claimsProblemOf(await claimsLogin(service, person))).toEqual(NOT_ACTIVATED);
    service.clock.advanceSeconds(1);
    expect(claimsProblemOf(await claimsLogin(service, person))).toEqual(INVALID_CREDENTIALS);
  });

  it('to register a guess does not make it a free one: it counts like every wrong password', async () => {
    const owner = await anAccount(service);
    const guess = aClaimsPerson({ email: owner.email, password: 'a guess' });
    expectStatus(await claimsRegister(service, guess), 201);
    const codes = [];
    for (let tries = 0; tries < 11; tries += 1) {
      codes.push(claimsProblemOf(await claimsLogin(service, guess)).code);
    }
    expect(codes).toEqual([...Array<string>(10).fill('not-activated'), 'locked']);
  });

  it('an account that was made before the setting is told after its password alone', async () => {
    const { database, clock, dataDir } = service;
    const before = await startTestApp({ database, clock, dataDir });
    const person = await aClaimsAccount(before);
    await before.close();
    expect(claimsProblemOf(await claimsLogin(service, person))).toEqual(NOT_ACTIVATED);
    const wrong = { email: person.email, password: aPerson().password.slice(1) };
    expect(claimsProblemOf(await claimsLogin(service, wrong))).toEqual(INVALID_CREDENTIALS);
    const ticket = await newestTicket(service, person, 'verify-email');
    expectStatus(await service.post('/auth/verify-email', { ticket, password: person.password }), 204);
    expect((await claimsLogin(service, person)).statusCode).toBe(200);
  });
});

describe('accounts that are never proved', () => {
  it('go after 7 days if nobody ever signed in, and else stay', async () => {
    const { database, clock, dataDir } = service;
    const open = await startTestApp({ database, clock, dataDir });
    const [idle, used] = [await aClaimsAccount(open), await aClaimsAccount(open)];
    await claimsSignIn(open, used);
    clock.advanceSeconds(7 * 86_400 + 3600);
    await open.app.get(Jobs, { strict: false }).runNow('purge-unproved-accounts');
    expect([(await claimsLogin(open, idle)).statusCode, (await claimsLogin(open, used)).statusCode]).toEqual([
      401, 200,
    ]);
    // its names are free again
    expect((await claimsRegister(open, idle)).statusCode).toBe(201);
    expect((await claimsLogin(open, idle)).statusCode).toBe(200);
    await open.close();
  });
});
