import type { Response } from 'light-my-request';
import {
  aPerson,
  bearer,
  expectStatus,
  logIn,
  newestTicket,
  register,
  resetTicket,
  tokensIn,
  type Tokens,
} from '../support/accounts';
import {
  anOwner,
  BEHIND_PROXY,
  CAFE,
  DEN,
  device,
  deviceCookieOf,
  entry,
  from,
  guess,
  HOME,
  lockOut,
  newestUnlockLink,
  pressUnlock,
  TRAIN,
  unlockLinks,
} from '../support/lockout-way-back';
import { problemOf } from '../support/problem';
import { undo, undosIn } from '../support/takeover';
import { startTestApp, type TestApp } from '../support/test-app';

const HOUR = 3600;
const DAY = 24 * HOUR;
const LOCKED = { status: 429, code: 'locked' };

let service: TestApp & { readonly dataDir: string };
beforeAll(async () => {
  service = await startTestApp({ environment: { ...BEHIND_PROXY, LOCKOUT_DURATION: '12h' } });
});
afterAll(() => service.close());

describe('while strangers are locked out', () => {
  it('a stranger is refused with the right password too, wherever he is', async () => {
    const owner = await anOwner(service);
    await lockOut(service, owner);
    for (const ip of [DEN, CAFE, '2001:db8::1']) {
      const refused = await logIn(service, owner, from(ip));
      expect([problemOf(refused), refused.headers['retry-after']]).toEqual([LOCKED, String(12 * HOUR)]);
    }
  });

  it.each<[string, (tokens: Tokens) => Record<string, string>]>([
    ['a device token by header', device],
    ['a device token by cookie', (tokens) => ({ cookie: `device=${tokens.device}` })],
    ['the access token of a live session', bearer],
    ['the access token of a live session in its cookie', ({ access }) => ({ cookie: `sv_at=${access}` })],
    ['the refresh token of a live session in its cookie', ({ refresh }) => ({ cookie: `refresh_token=${refresh}` })],
  ])('the owner gets in from anywhere with %s', async (_what, headers) => {
    const owner = await anOwner(service);
    await lockOut(service, owner);
    expect(await entry(service, owner, from(CAFE, headers(owner.tokens)))).toBe(200);
    expect(await entry(service, owner, from(TRAIN))).toBe(429);
  });

  it('a session that has ended is nobody’s device', async () => {
    const owner = await anOwner(service);
    await lockOut(service, owner);
    expectStatus(await service.post('/auth/token/revoke', {}, bearer(owner.tokens)), 204);
    const { access, refresh } = owner.tokens;
    expect(await entry(service, owner, from(CAFE, bearer({ access })))).toBe(429);
    expect(await entry(service, owner, from(CAFE, { cookie: `refresh_token=${refresh}` }))).toBe(429);
  });

  it('a client that keeps nothing gets in from a network it has used in the last thirty days', async () => {
    const [within, after] = [await anOwner(service), await anOwner(service)];
    service.clock.advanceSeconds(30 * DAY - 1);
    for (const owner of [within, after]) await lockOut(service, owner);
    expect(await entry(service, within, from(HOME))).toBe(200);
    service.clock.advanceSeconds(1);
    expect(await entry(service, after, from(HOME))).toBe(429);
    expect(await entry(service, within, from(HOME))).toBe(200);
  });

  it('sessions go on: they are used, refreshed and proved again from anywhere', async () => {
    const { tokens, ...owner } = await anOwner(service);
    await lockOut(service, owner);
    const headers = from(CAFE, bearer(tokens));
    expectStatus(await service.get('/user/me', headers), 200);
    expectStatus(await service.post('/auth/reauthenticate', { password: owner.password }, headers), 200);
    const refreshed = await service.post('/auth/token/refresh', { refresh_token: tokens.refresh }, from(CAFE));
    expectStatus(await service.get('/user/me', from(CAFE, bearer(tokensIn(expectStatus(refreshed, 200))))), 200);
  });

  it('a mailed reset goes on, and lets in the browser and the network it was spent in', async () => {
    const owner = await anOwner(service);
    await lockOut(service, owner);
    const body = { ticket: await resetTicket(service, owner), new_password: 'chosen at the café' };
    const spent = expectStatus(await service.post('/auth/change-password/change', body, from(CAFE)), 204);
    const changed = { ...owner, password: body.new_password };
    const browser = { 'x-device-token': String(spent.headers['x-device-token']) };
    expect(await entry(service, changed, from(TRAIN, browser))).toBe(200);
    expect(await entry(service, changed, from(CAFE))).toBe(200);
    expect(await entry(service, changed, from(TRAIN))).toBe(429);
    expect(await entry(service, changed, from(DEN))).toBe(429);
  });

  it('a change is undone', async () => {
    const { tokens, ...owner } = await anOwner(service);
    const change = { old_password: owner.password, new_password: 'what the thief chose' };
    expectStatus(await service.post('/auth/change-password/change', change, from(HOME, bearer(tokens))), 204);
    await lockOut(service, owner);
    const [link = ''] = await undosIn(service, owner.email);
    const answer = await undo(service, link, owner.password, 'chosen after the fright', from(CAFE));
    expect(answer.statusCode).toBe(200);
    const restored = { ...owner, password: 'chosen after the fright' };
    expect(await entry(service, restored, from(TRAIN, deviceCookieOf(answer)))).toBe(200);
  });

  it('a pending registration is activated, and its browser is let in', async () => {
    const person = aPerson();
    await register(service, person);
    await lockOut(service, person);
    const ticket = await newestTicket(service, person, 'activate');
    const answer = expectStatus(await service.post('/auth/activate', { ticket }, from(CAFE)), 204);
    const browser = { 'x-device-token': String(answer.headers['x-device-token']) };
    expect(await entry(service, person, from(TRAIN, browser))).toBe(200);
    expect(await entry(service, person, from(TRAIN))).toBe(429);
  });

  it('a verification link with the password is a guess like any other', async () => {
    const { database, clock, dataDir } = service;
    const environment = { ...BEHIND_PROXY, AUTO_ACTIVATE: 'true', LOCKOUT_DURATION: '12h' };
    const automatic = await startTestApp({ database, clock, dataDir, environment });
    const person = aPerson();
    await register(automatic, person);
    expectStatus(await service.post('/auth/activate/request', { email: person.email }), 204);
    const ticket = await newestTicket(service, person, 'verify-email');
    const verify = (password: string) => service.post('/auth/verify-email', { ticket, password }, from(DEN));
    for (let failures = 0; failures < 5; failures += 1) expectStatus(await verify('a wrong one'), 401);
    for (let failures = 0; failures < 5; failures += 1) expectStatus(await guess(service, person, from(CAFE)), 401);
    expect(problemOf(await verify(person.password))).toEqual(LOCKED);
    await automatic.close();
  });
});

describe('the owner’s link', () => {
  const openAnyway: readonly [string, (token: string, ip: string) => Promise<Response>][] = [
    ['the page of the mail', (token, ip) => pressUnlock(service, token, from(ip))],
    ['unlock-account', (token, ip) => service.post('/api/auth/unlock-account', { token }, from(ip))],
  ];

  it.each(openAnyway)(
    'by %s opens for its browser anywhere, and reopens nothing to who was guessing',
    async (_, open) => {
      const owner = await anOwner(service);
      await lockOut(service, owner);
      expectStatus(await guess(service, owner, from(TRAIN)), 429);
      const browser = deviceCookieOf(expectStatus(await open(await newestUnlockLink(service, owner), CAFE), 200));
      expect(await entry(service, owner, from(TRAIN, browser))).toBe(200);
      expect(await entry(service, owner, from('203.0.113.99', browser))).toBe(200);
      for (const ip of [DEN, TRAIN, '203.0.113.99']) expect(await entry(service, owner, from(ip))).toBe(429);
    },
  );

  it('opens for its network without a cookie for an hour, and not after', async () => {
    const [within, after] = [await anOwner(service), await anOwner(service)];
    for (const owner of [within, after]) {
      await lockOut(service, owner);
      expectStatus(await pressUnlock(service, await newestUnlockLink(service, owner), from(CAFE)), 200);
    }
    service.clock.advanceSeconds(HOUR - 1);
    expect(await entry(service, within, from(CAFE))).toBe(200);
    service.clock.advanceSeconds(1);
    expect(await entry(service, after, from(CAFE))).toBe(429);
    // who signed in there meanwhile is known there, as anybody is where he has signed in
    expect(await entry(service, within, from(CAFE))).toBe(200);
  });

  it('gives a guesser in its own network ten tries, and leaves its browser open then', async () => {
    const owner = await anOwner(service);
    await lockOut(service, owner);
    const answer = expectStatus(await pressUnlock(service, await newestUnlockLink(service, owner), from(DEN)), 200);
    await lockOut(service, owner, from(DEN));
    expect(await entry(service, owner, from(DEN))).toBe(429);
    expect(await entry(service, owner, from(DEN, deviceCookieOf(answer)))).toBe(200);
  });

  it('opens a known device whose own wrong passwords have locked it', async () => {
    const owner = await anOwner(service);
    const browser = device(owner.tokens);
    await lockOut(service, owner, from(CAFE, browser));
    expect(await entry(service, owner, from(TRAIN, browser))).toBe(429);
    expect(await entry(service, owner, from(HOME))).toBe(200); // each is locked alone
    expectStatus(await pressUnlock(service, await newestUnlockLink(service, owner), from(TRAIN, browser)), 200);
    expect(await entry(service, owner, from(CAFE, browser))).toBe(200);
  });

  it('opens a known network whose own wrong passwords have locked it, where it is opened', async () => {
    const owner = await anOwner(service);
    await lockOut(service, owner, from(HOME));
    expect(await entry(service, owner, from(CAFE))).toBe(200); // strangers have done nothing
    expect(await entry(service, owner, from(HOME))).toBe(429);
    expectStatus(await pressUnlock(service, await newestUnlockLink(service, owner), from(HOME)), 200);
    expect(await entry(service, owner, from(HOME))).toBe(200);
  });

  it('is mailed anew on request, and each link is good once, whatever became of the others', async () => {
    const owner = await anOwner(service);
    await lockOut(service, owner);
    expect(await unlockLinks(service, owner)).toHaveLength(1);
    expectStatus(await service.post('/auth/unlock/request', { email: owner.email }, from(TRAIN)), 204);
    const [newest = '', first = ''] = await unlockLinks(service, owner);
    expectStatus(await pressUnlock(service, newest, from(CAFE)), 200);
    const page = await pressUnlock(service, newest, from(TRAIN));
    expect([page.statusCode, page.cookies]).toEqual([400, []]);
    const answer = await service.post('/api/auth/unlock-account', { token: newest }, from(TRAIN));
    expect([answer.statusCode, answer.headers['x-device-token']]).toEqual([401, undefined]);
    expect(await entry(service, owner, from(TRAIN))).toBe(429);
    expectStatus(await pressUnlock(service, first, from(TRAIN)), 200);
    expect(await entry(service, owner, from(TRAIN))).toBe(200);
  });
});
