import { decodeJwt } from 'jose';
import { anAccount, aPerson, bearer, expectStatus, logIn, signIn, tokensIn, type Tokens } from '../../support/accounts';
import { startDescribedApp } from '../../support/described-app';
import { anOwner, BEHIND_PROXY, CAFE, device, from, HOME, lockOut, unlockLinks } from '../../support/lockout-way-back';
import { problemOf } from '../../support/problem';
import type { TestApp } from '../../support/test-app';

interface Known {
  readonly id: string;
  readonly kind: 'device' | 'network';
  readonly network: string | null;
  readonly current: boolean;
}

let service: TestApp;
beforeAll(async () => {
  service = await startDescribedApp({ environment: BEHIND_PROXY });
});
afterAll(() => service.close());

const NOT_FOUND = { status: 404, code: 'not-found' };
const INVALID_TOKEN = { status: 401, code: 'invalid-token' };
const DAY_MS = 86_400_000;

const idOf = (tokens: Pick<Tokens, 'device'>) => String(decodeJwt(tokens.device).jti);
const list = async (headers: Record<string, string>) =>
  expectStatus(await service.get('/auth/devices', headers), 200).json<Known[]>();
const remove = (id: string, headers: Record<string, string> = {}) =>
  service.inject({ method: 'DELETE', url: `/auth/devices/${id}`, headers });

describe('GET /auth/devices', () => {
  it('shows every device and network, with just these fields', async () => {
    const person = await anAccount(service); // from the browser that activated, at another address
    const created = service.clock.now();
    const agent = { 'user-agent': 'Mozilla/5.0 (of somebody)' };
    const tokens = await signIn(service, person, from('2001:db8:1:2:3::4', agent));
    service.clock.advanceSeconds(3600);
    const later = service.clock.now();
    const again = await signIn(service, person, from(CAFE, { ...agent, ...device(tokens) }));
    const answer = await service.get('/auth/devices', bearer(again));
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    const [latest, first, network, ...more] = answer.json<Known[]>();
    expect(more).toEqual([]);
    expect(latest).toEqual({
      id: idOf(tokens),
      kind: 'device',
      user_agent: agent['user-agent'],
      ip: CAFE,
      network: null,
      created: created.toISOString(),
      last_seen: later.toISOString(),
      expires: new Date(later.getTime() + 365 * DAY_MS).toISOString(),
      current: true,
    });
    expect(first).toMatchObject({ kind: 'device', ip: '127.0.0.1', current: false });
    expect(network).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      kind: 'network',
      user_agent: null,
      ip: null,
      network: '2001:db8:1:2::/64',
      created: created.toISOString(),
      last_seen: created.toISOString(),
      expires: new Date(created.getTime() + 30 * DAY_MS).toISOString(),
      current: false,
    });
  });

  it('says where the request itself comes from', async () => {
    const { tokens } = await anOwner(service);
    const current = async (headers: Record<string, string>) =>
      (await list(headers)).filter((each) => each.current).map(({ kind, id, network }) => network ?? `${kind} ${id}`);
    const own = `device ${idOf(tokens)}`;
    expect(await current(from(CAFE, bearer(tokens)))).toEqual([own]); // its session was opened there
    expect(await current(from(HOME, bearer(tokens)))).toEqual([own, HOME]);
    expect(await current(from(CAFE, { ...bearer(tokens), ...device(tokens) }))).toEqual([own]);
  });

  it('shows nothing of another account, nor what has expired', async () => {
    const [one, other] = [await anOwner(service), await anOwner(service)];
    const ids = (await list(bearer(one.tokens))).map(({ id }) => id);
    expect((await list(bearer(other.tokens))).filter(({ id }) => ids.includes(id))).toEqual([]);
    service.clock.advanceSeconds(30 * 86_400);
    const tokens = tokensIn(expectStatus(await logIn(service, one, from(CAFE, device(one.tokens))), 200));
    expect((await list(bearer(tokens))).map(({ kind }) => kind)).toEqual(['device', 'device']);
  });

  it('is for who is signed in', async () => {
    expect(problemOf(await service.get('/auth/devices'))).toEqual(INVALID_TOKEN);
    expect(problemOf(await service.get('/auth/devices', bearer({ access: 'x' })))).toEqual(INVALID_TOKEN);
  });
});

describe('DELETE /auth/devices/:id', () => {
  it('forgets a device or a network; sessions opened there go on; it is written down', async () => {
    const { tokens, ...owner } = await anOwner(service);
    const headers = bearer(tokens);
    const network = (await list(headers)).find(({ kind }) => kind === 'network')?.id ?? '';
    for (const id of [network, idOf(tokens)]) {
      const answer = await remove(id, headers);
      expect([answer.statusCode, answer.body]).toEqual([204, '']);
      expect((await list(headers)).map((known) => known.id)).not.toContain(id);
      expect(problemOf(await remove(id, headers))).toEqual(NOT_FOUND);
    }
    expectStatus(await service.get('/user/me', headers), 200);
    const events = await service.database.dataSource.query<unknown[]>(
      `SELECT event, contract FROM audit_events JOIN users ON users.id = user_id
       WHERE email = $1 AND event = 'device-forgotten'`,
      [owner.email],
    );
    expect(events).toEqual(Array(2).fill({ event: 'device-forgotten', contract: 'native' }));
  });

  it.each([
    ['unknown', '3f0b5a9e-5d53-4b8e-9a51-0d9f4c1d8f10'],
    ['malformed', 'no-such-id'],
    ['a network’s address', '192.0.2.10'],
    ['odd', "%00'--"],
    ['long', 'x'.repeat(90)],
  ])('an id that is %s is 404', async (_what, id) => {
    const { tokens } = await anOwner(service);
    expect(problemOf(await remove(id, bearer(tokens)))).toEqual(NOT_FOUND);
  });

  it('the ids of another account are 404, and are kept', async () => {
    const [one, other] = [await anOwner(service), await anOwner(service)];
    const before = await list(bearer(other.tokens));
    expect(before).toHaveLength(4);
    for (const { id } of before) expect(problemOf(await remove(id, bearer(one.tokens)))).toEqual(NOT_FOUND);
    expect(await list(bearer(other.tokens))).toEqual(before);
  });

  it('is for who is signed in, and not for other sites', async () => {
    const { tokens } = await anOwner(service);
    expect(problemOf(await remove(idOf(tokens)))).toEqual(INVALID_TOKEN);
    const headers = { cookie: `sv_at=${tokens.access}`, origin: 'https://evil.example.com' };
    expect(problemOf(await remove(idOf(tokens), headers))).toEqual({ status: 403, code: 'cross-site' });
  });
});

describe('POST /auth/unlock/request', () => {
  const request = (body: unknown) => service.post('/auth/unlock/request', body, from(CAFE));

  it('is 204 for every address, and mails who is locked out', async () => {
    const [locked, open, nobody] = [await anOwner(service), await anOwner(service), aPerson()];
    for (const person of [locked, nobody]) await lockOut(service, person);
    for (const { email } of [locked, open, nobody]) {
      const answer = await request({ email });
      expect([answer.statusCode, answer.body]).toEqual([204, '']);
    }
    expect(await unlockLinks(service, locked)).toHaveLength(2); // the lock’s own, and this one
    for (const person of [open, nobody]) expect(await unlockLinks(service, person)).toEqual([]);
  });

  it.each<[unknown, string[]]>([
    [{}, ['email']],
    [undefined, ['email']],
    [{ email: 'nobody' }, ['email']],
    [{ email: 7 }, ['email']],
    [{ email: null }, ['email']],
    [{ email: 'a@example.com', token: 'x' }, ['token']],
  ])('%j is refused by name', async (body, fields) => {
    expect(problemOf(await request(body))).toEqual({ status: 400, code: 'validation', fields });
  });

  it.each(['GET', 'HEAD'] as const)('is nothing to %s', async (method) => {
    expect((await service.inject({ method, url: '/auth/unlock/request' })).statusCode).toBe(404);
  });
});
