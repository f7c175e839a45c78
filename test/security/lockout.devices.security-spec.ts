import { decodeJwt, SignJWT, UnsecuredJWT } from 'jose';
import type { Response } from 'light-my-request';
import { bearer, expectStatus, logIn, resetTicket, signIn, tokensIn, type Person } from '../support/accounts';
import {
  anOwner,
  BEHIND_PROXY,
  CAFE,
  DEN,
  device,
  entry,
  from,
  guess,
  HOME,
  lockOut,
  TRAIN,
  type Owner,
} from '../support/lockout-way-back';
import { startTestApp, type TestApp } from '../support/test-app';

const DAY = 86_400;
const YEAR = 365 * DAY;

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp({ environment: { ...BEHIND_PROXY, LOCKOUT_DURATION: '12h' } });
});
afterAll(() => service.close());

/** All that a caller gets to see, but for what is new in every answer. */
function seen({ statusCode, headers, body }: Response) {
  const { date: _date, ...rest } = headers;
  return { statusCode, headers: rest, body: body.replace(/urn:uuid:[0-9a-f-]{36}/, 'urn:uuid:…') };
}

function forged({ tokens }: Owner, key: string): Promise<string> {
  const claims = decodeJwt(tokens.device);
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(new TextEncoder().encode(key));
}

/** A true token of the owner's browser, from a year ago. The account has seen the browser since. */
async function stale(owner: Owner): Promise<string> {
  const token = owner.tokens.device;
  service.clock.advanceSeconds(YEAR - DAY);
  expectStatus(await logIn(service, owner, from(CAFE, { 'x-device-token': token })), 200);
  service.clock.advanceSeconds(DAY);
  return token;
}

describe.each<[string, (owner: Owner) => string | Promise<string>]>([
  ['somebody else’s device token', async () => (await anOwner(service)).tokens.device],
  ['a device token forged under another key', (owner) => forged(owner, 'a key that the service does not have at all')],
  ['a device token under an empty key', (owner) => forged(owner, ' ')],
  ['a device token without a signature', ({ tokens }) => new UnsecuredJWT(decodeJwt(tokens.device)).encode()],
  ['a device token of a year ago', stale],
  ['an access token in its place', ({ tokens }) => tokens.access],
  ['a refresh token in its place', ({ tokens }) => tokens.refresh],
  ['a device token cut short', ({ tokens }) => tokens.device.slice(0, -2)],
  ['a text', () => 'owner'],
  ['a text of 5000 characters', () => 'x'.repeat(5000)],
])('%s', (_what, make) => {
  let owner: Owner;
  let token: string;
  beforeAll(async () => {
    owner = await anOwner(service);
    token = await make(owner);
  });

  it.each([
    ['header', (text: string) => ({ 'x-device-token': text })],
    ['cookie', (text: string) => ({ cookie: `device=${text}` })],
  ])('by %s is an unknown device, nothing more', async (_how, headers) => {
    await service.database.dataSource.query('DELETE FROM locks');
    const odd = from(TRAIN, headers(token));
    const [plain, withToken] = [await guess(service, owner, from(TRAIN)), await guess(service, owner, odd)];
    expect([plain.statusCode, seen(withToken)]).toEqual([401, seen(plain)]);
    for (let failures = 0; failures < 7; failures += 1) expectStatus(await guess(service, owner, from(DEN)), 401);
    // the tenth of the strangers' failures: it counts with theirs
    expectStatus(await guess(service, owner, odd), 401);
    const refused = expectStatus(await logIn(service, owner, from(TRAIN)), 429);
    expect(seen(await logIn(service, owner, odd))).toEqual(seen(refused));
  });
});

it('the session of another account is no device of this one', async () => {
  const [owner, other] = [await anOwner(service), await anOwner(service)];
  await lockOut(service, owner);
  expect(await entry(service, owner, from(TRAIN, bearer(other.tokens)))).toBe(429);
  expect(await entry(service, owner, from(TRAIN, { cookie: `refresh_token=${other.tokens.refresh}` }))).toBe(429);
});

it('one browser is known to every account it was used for, and locked for each alone', async () => {
  const [one, other] = [await anOwner(service), await anOwner(service)];
  const browser = device(one.tokens);
  const shared = await signIn(service, other, from(CAFE, browser));
  expect(decodeJwt(shared.device).jti).toBe(decodeJwt(one.tokens.device).jti);
  await lockOut(service, one, from(TRAIN, browser));
  await lockOut(service, other);
  expect(await entry(service, other, from(TRAIN, browser))).toBe(200);
  expect(await entry(service, one, from(TRAIN, browser))).toBe(429);
});

describe('forgetting', () => {
  const changed = (owner: Person): Person => ({ ...owner, password: 'a newer password' });

  it('all devices with a change of the password makes them and all networks strangers', async () => {
    const owner = await anOwner(service);
    const body = { old_password: owner.password, new_password: changed(owner).password, forget_devices: true };
    expectStatus(await service.post('/auth/change-password/change', body, from(HOME, bearer(owner.tokens))), 204);
    await lockOut(service, owner);
    expect(await entry(service, changed(owner), from(CAFE, device(owner.tokens)))).toBe(429);
    expect(await entry(service, changed(owner), from(HOME))).toBe(429);
    // the session that made the change goes on, but no longer makes a known device of its browser
    expectStatus(await service.get('/user/me', bearer(owner.tokens)), 200);
    expect(await entry(service, changed(owner), from(CAFE, bearer(owner.tokens)))).toBe(429);
  });

  it('all devices with a mailed reset leaves the browser that spent it', async () => {
    const owner = await anOwner(service);
    const ticket = await resetTicket(service, owner);
    const body = { ticket, new_password: changed(owner).password, forget_devices: true };
    const spent = expectStatus(await service.post('/auth/change-password/change', body, from(CAFE)), 204);
    await lockOut(service, owner);
    expect(await entry(service, changed(owner), from(TRAIN, device(owner.tokens)))).toBe(429);
    expect(await entry(service, changed(owner), from(HOME))).toBe(429);
    const browser = { 'x-device-token': String(spent.headers['x-device-token']) };
    expect(await entry(service, changed(owner), from(TRAIN, browser))).toBe(200);
  });

  it('none with a reset or a change of the password leaves all as they are', async () => {
    const owner = await anOwner(service);
    const body = { old_password: owner.password, new_password: changed(owner).password };
    expectStatus(await service.post('/auth/change-password/change', body, from(HOME, bearer(owner.tokens))), 204);
    await lockOut(service, owner);
    expect(await entry(service, changed(owner), from(CAFE, device(owner.tokens)))).toBe(200);
    expect(await entry(service, changed(owner), from(HOME))).toBe(200);
  });

  it('one device or network makes a stranger of that one', async () => {
    const owner = await anOwner(service);
    const second = tokensIn(expectStatus(await logIn(service, owner, from(CAFE)), 200));
    const headers = bearer(second);
    const listed = await service.get('/auth/devices', headers);
    const known = listed.json<{ id: string; network: string | null }[]>();
    const home = known.find(({ network }) => network === HOME)?.id ?? '';
    for (const id of [String(decodeJwt(owner.tokens.device).jti), home]) {
      expectStatus(await service.inject({ method: 'DELETE', url: `/auth/devices/${id}`, headers }), 204);
    }
    await lockOut(service, owner);
    expect(await entry(service, owner, from(TRAIN, device(owner.tokens)))).toBe(429);
    expect(await entry(service, owner, from(TRAIN, bearer(owner.tokens)))).toBe(429);
    expect(await entry(service, owner, from(HOME))).toBe(429);
    expect(await entry(service, owner, from(TRAIN, device(second)))).toBe(200);
    expect(await entry(service, owner, from(CAFE))).toBe(200);
  });

  it('and knowing it again begins anew: what failed there before does not count', async () => {
    const owner = await anOwner(service);
    const [browser, headers] = [from(TRAIN, device(owner.tokens)), bearer(owner.tokens)];
    for (let failures = 0; failures < 9; failures += 1) expectStatus(await guess(service, owner, browser), 401);
    const url = `/auth/devices/${String(decodeJwt(owner.tokens.device).jti)}`;
    expectStatus(await service.inject({ method: 'DELETE', url, headers }), 204);
    expectStatus(await logIn(service, owner, browser), 200);
    await lockOut(service, owner, browser);
  });
});

describe('after a hundred failures in a row', () => {
  /** The hundred, at the first instant that each is admitted. */
  async function failAHundredTimes(owner: Owner, headers: Record<string, string>): Promise<void> {
    for (let failures = 0; failures < 100;) {
      const answer = await guess(service, owner, headers);
      if (answer.statusCode === 401) failures += 1;
      else service.clock.advanceSeconds(Number(answer.headers['retry-after']));
    }
    expectStatus(await guess(service, owner, headers), 429);
    service.clock.advanceSeconds(DAY);
  }

  it.each<[string, (owner: Owner) => Record<string, string>]>([
    ['device', ({ tokens }) => from(TRAIN, device(tokens))],
    ['network', () => from(HOME)],
  ])('a %s is a stranger’s, and the other is still known', async (kind, headersOf) => {
    const owner = await anOwner(service);
    const headers = headersOf(owner);
    await failAHundredTimes(owner, headers);
    await lockOut(service, owner);
    expect(await entry(service, owner, headers)).toBe(429);
    const others = kind === 'device' ? from(HOME) : from(TRAIN, device(owner.tokens));
    const tokens = await signIn(service, owner, others);
    const list = await service.get('/auth/devices', { ...others, ...bearer(tokens) });
    const known = list.json<{ id: string; network: string | null }[]>();
    const ownDevice = String(decodeJwt(owner.tokens.device).jti);
    expect([known.some(({ id }) => id === ownDevice), known.some(({ network }) => network === HOME)]).toEqual([
      kind === 'network',
      kind === 'device',
    ]);
  });

  it('of which a success was none, it is known as before', async () => {
    const owner = await anOwner(service);
    const headers = from(TRAIN, device(owner.tokens));
    for (let failures = 0; failures < 150;) {
      if (failures % 9 === 0) expectStatus(await logIn(service, owner, headers), 200);
      expectStatus(await guess(service, owner, headers), 401);
      failures += 1;
    }
    await lockOut(service, owner);
    expect(await entry(service, owner, headers)).toBe(200);
  });
});
