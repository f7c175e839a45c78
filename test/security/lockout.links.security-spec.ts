import { aPerson, anAccount, bearer, expectStatus, newestTicket, register, resetTicket } from '../support/accounts';
import {
  anOwner,
  BEHIND_PROXY,
  CAFE,
  DEN,
  device,
  entry,
  from,
  HOME,
  lockOut,
  newestUnlockLink,
  pressUnlock,
  TRAIN,
  unlockLinks,
} from '../support/lockout-way-back';
import { emailTicket } from '../support/takeover';
import { startTestApp, type TestApp } from '../support/test-app';

const ADMIN = { email: 'admin@example.com' };
const DAY = 86_400;

let service: TestApp;
beforeEach(async () => {
  const environment = { ...BEHIND_PROXY, LOCKOUT_DURATION: '12h', ADMIN_EMAILS: ADMIN.email };
  service = await startTestApp({ environment });
});
afterEach(() => service.close());

describe('an admin’s link', () => {
  it('opens for all: strangers, known devices, known networks, by every name; once', async () => {
    const owner = await anOwner(service, { username: 'Olga' });
    const byName = (headers: Record<string, string>) =>
      service.post('/auth/login', { username: 'olga', password: owner.password }, headers);
    await lockOut(service, owner);
    const [token = ''] = await unlockLinks(service, ADMIN);
    await lockOut(service, owner, from(HOME));
    await lockOut(service, owner, from(TRAIN, device(owner.tokens)));
    for (let failures = 0; failures < 10; failures += 1) {
      await service.post('/auth/login', { username: 'olga', password: 'a wrong one' }, from(DEN));
    }
    expectStatus(await byName(from(CAFE)), 429);
    const lifted = expectStatus(await pressUnlock(service, token, from('203.0.113.200')), 200);
    expect(lifted.cookies).toEqual([]); // an admin’s browser is not the owner’s
    for (const headers of [from(DEN), from(HOME), from(TRAIN, device(owner.tokens))]) {
      expect(await entry(service, owner, headers)).toBe(200);
    }
    expectStatus(await byName(from('203.0.113.201')), 200);
    expect((await pressUnlock(service, token, from(CAFE))).statusCode).toBe(400);
    expectStatus(await service.post('/api/auth/unlock-account', { token }, from(CAFE)), 401);
  });

  it('works by unlock-account too, which answers as for the owner but knows no browser by it', async () => {
    const owner = await anOwner(service);
    await lockOut(service, owner);
    const [ofAdmin = ''] = await unlockLinks(service, ADMIN);
    const ofOwner = await newestUnlockLink(service, owner);
    const answers = [];
    for (const token of [ofOwner, ofAdmin]) {
      answers.push(expectStatus(await service.post('/api/auth/unlock-account', { token }, from(CAFE)), 200));
    }
    const [toOwner, toAdmin] = answers;
    expect(toAdmin?.json()).toEqual(toOwner?.json());
    expect([toOwner?.headers['x-device-token'], toAdmin?.headers['x-device-token']]).toEqual([
      expect.any(String),
      undefined,
    ]);
    expect(await entry(service, owner, from(DEN))).toBe(200);
  });

  it('is another than the owner’s, and neither uses up the other', async () => {
    const owner = await anOwner(service);
    await lockOut(service, owner);
    const [[ofAdmin = ''], ofOwner] = [await unlockLinks(service, ADMIN), await newestUnlockLink(service, owner)];
    expect(ofAdmin).not.toBe(ofOwner);
    expectStatus(await pressUnlock(service, ofOwner, from(CAFE)), 200);
    expect(await entry(service, owner, from(TRAIN))).toBe(429);
    expectStatus(await pressUnlock(service, ofAdmin, from('203.0.113.200')), 200);
    expect(await entry(service, owner, from(TRAIN))).toBe(200);
  });
});

describe('an unlock link', () => {
  it('works until its lock ends, and at least a day', async () => {
    const [within, after] = [await anOwner(service), await anOwner(service)];
    await lockOut(service, within);
    await lockOut(service, after);
    const links = [await newestUnlockLink(service, within), await newestUnlockLink(service, after)] as const;
    service.clock.advanceSeconds(DAY - 1);
    expect((await pressUnlock(service, links[0], from(CAFE))).statusCode).toBe(200);
    service.clock.advanceSeconds(1);
    expect((await pressUnlock(service, links[1], from(CAFE))).statusCode).toBe(400);
  });

  it('goes with the account', async () => {
    const { tokens, ...owner } = await anOwner(service);
    await lockOut(service, owner);
    const token = await newestUnlockLink(service, owner);
    expectStatus(await service.post('/auth/delete', undefined, bearer(tokens)), 204);
    expect((await pressUnlock(service, token, from(CAFE))).statusCode).toBe(400);
  });
});

it('no link is spent, and nothing is written, by opening it', async () => {
  const [locked, pending] = [await anOwner(service), aPerson()];
  await lockOut(service, locked);
  await register(service, pending);
  const { tokens, ...changed } = await anOwner(service);
  const { password: old_password } = changed;
  const change = { old_password, new_password: 'a newer password' };
  expectStatus(await service.post('/auth/change-password/change', change, bearer(tokens)), 204);
  const links = {
    unlock: await newestUnlockLink(service, locked),
    'unlock?by=admin': (await unlockLinks(service, ADMIN))[0],
    activate: await newestTicket(service, pending, 'activate'),
    undo: await newestTicket(service, changed, 'undo'),
    'change-email': await emailTicket(service, tokens, aPerson().email),
    'reset-password': await resetTicket(service, await anAccount(service)),
  };
  const state = () =>
    service.database.dataSource.query(
      `SELECT (SELECT json_agg(t ORDER BY id) FROM tickets t) AS tickets, (SELECT json_agg(l ORDER BY id) FROM locks l) AS locks,
         (SELECT count(*) FROM devices) AS devices, (SELECT count(*) FROM known_networks) AS networks,
         (SELECT count(*) FROM audit_events) AS events`,
    );
  const before = await state();
  for (const [page, secret = ''] of Object.entries(links)) {
    expect(secret).not.toBe('');
    const [path = '', more] = page.split('?');
    const url = `/${path}?token=${secret}&ticket=${secret}${more === undefined ? '' : `&${more}`}`;
    for (const method of ['GET', 'HEAD'] as const) {
      const answer = await service.inject({ method, url, headers: from(CAFE) });
      expect([page, method, answer.statusCode, answer.cookies]).toEqual([page, method, 200, []]);
    }
    await service.inject({ method: 'OPTIONS', url, headers: from(CAFE) });
  }
  for (const method of ['GET', 'HEAD'] as const) {
    const url = `/api/auth/unlock-account?token=${links.unlock}`;
    expect((await service.inject({ method, url, headers: from(CAFE) })).statusCode).toBe(404);
  }
  expect(await state()).toEqual(before);
  expect(await entry(service, locked, from(CAFE))).toBe(429);
  expectStatus(await pressUnlock(service, links.unlock, from(CAFE)), 200);
  expect(await entry(service, locked, from(CAFE))).toBe(200);
});
