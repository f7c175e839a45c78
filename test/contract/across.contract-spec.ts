import { decodeJwt } from 'jose';
import { bearer, expectStatus } from '../support/accounts';
import {
  anAccountOfAll,
  isOpenTo,
  logInBy,
  makers,
  meRoutes,
  outcomeOf,
  refreshRoutes,
  signInBy,
  startWithAll,
  waysIn,
  type AnyAccount,
  type AnyTokens,
  type WayIn,
} from '../support/contracts';
import type { TestApp } from '../support/test-app';

let service: TestApp;
let owner: AnyAccount;
beforeAll(async () => {
  service = await startWithAll({ LEGACY_SPELLINGS: 'true' });
  owner = await anAccountOfAll(service);
});
// of sessions that were all used at one instant any may be the one that makes room for the next
beforeEach(() => service.clock.advanceSeconds(1));
afterAll(() => service.close());

const named = waysIn.map((wayIn) => [wayIn.way, wayIn] as const);
const sessionIdOf = ({ access }: Pick<AnyTokens, 'access'>) => String(decodeJwt(access)['sid']);
const meOf = (url: string, { access }: Pick<AnyTokens, 'access'>) => service.get(url, bearer({ access }));

async function expectEnded(tokens: AnyTokens): Promise<void> {
  for (const url of meRoutes) expect(outcomeOf(await meOf(url, tokens))).toBe('session-ended');
  if (tokens.refresh === null) return;
  for (const { send } of refreshRoutes) {
    expect(outcomeOf(await send(service, tokens.refresh))).toBe('invalid-refresh-token');
  }
}

async function expectLive(tokens: AnyTokens): Promise<void> {
  for (const url of meRoutes) expect((await meOf(url, tokens)).statusCode).toBe(200);
}

describe('an account', () => {
  it.each(Object.keys(makers))(
    'that %s made is signed in through each contract whose name and secret it has',
    async (contract) => {
      const account = await makers[contract]!(service);
      const ids = new Set<unknown>();
      for (const wayIn of waysIn) {
        const answer = await logInBy(service, wayIn, account);
        const expected = isOpenTo(account, wayIn) ? 'signed in' : 'invalid-credentials';
        expect([wayIn.way, outcomeOf(answer)]).toEqual([wayIn.way, expected]);
        if (expected === 'signed in') ids.add(decodeJwt(wayIn.tokensIn(answer).access).sub);
      }
      expect(ids.size).toBe(1);
    },
  );

  it('with everything is the same one through all of them', async () => {
    expect(waysIn.every((wayIn) => isOpenTo(owner, wayIn))).toBe(true);
    const ids = new Set<unknown>();
    for (const wayIn of waysIn) ids.add(decodeJwt((await signInBy(service, wayIn, owner)).access).sub);
    expect(ids.size).toBe(1);
  });

  it('keeps passwords and verifiers apart, wherever they are sent', async () => {
    for (const wayIn of waysIn) {
      const wrong = wayIn.secret === 'password' ? owner.verifier : owner.password;
      expect(outcomeOf(await logInBy(service, wayIn, owner, { secret: wrong! }))).toBe('invalid-credentials');
    }
  });
});

describe('a session of one contract', () => {
  it.each(named)('%s: its token says who it is in each', async (_way, wayIn) => {
    const { access } = await signInBy(service, wayIn, owner);
    const id = decodeJwt(access).sub;
    const seen = [];
    for (const url of meRoutes) {
      const [byBearer, byHeader] = [await meOf(url, { access }), await service.get(url, { 'access-token': access })];
      // at a path that two contracts share, the header is what tells one from the other
      if (url === '/user/me') expect(byHeader.json()).toMatchObject({ email: owner.email, username: owner.username });
      else expect(byHeader.json()).toEqual(byBearer.json());
      expectStatus(byHeader, 200);
      seen.push(expectStatus(byBearer, 200).json<object>());
    }
    const { email, username } = owner;
    expect(seen).toMatchObject([
      { uuid: id, email, username },
      { data: { id, email, username } },
      { claims: { uid: id, email } },
      { visitor: id, mail: email, alias: username },
    ]);
  });

  it.each(named)(
    '%s: is listed in each, and ended from each at once, everywhere, and no other',
    async (_way, wayIn) => {
      for (const other of waysIn) {
        const [mine, theirs] = [await signInBy(service, other, owner), await signInBy(service, wayIn, owner)];
        const id = sessionIdOf(theirs);
        const list = expectStatus(await service.get('/auth/sessions', bearer(mine)), 200).json<object[]>();
        expect(list).toContainEqual(expect.objectContaining({ id, contract: wayIn.contract, current: false }));
        await expectLive(theirs);
        const headers = bearer(mine);
        expectStatus(await service.inject({ method: 'DELETE', url: `/auth/sessions/${id}`, headers }), 204);
        await expectEnded(theirs);
        await expectLive(mine);
      }
    },
  );

  it.each<[string, (tokens: AnyTokens) => ReturnType<TestApp['post']>]>([
    ['native', (tokens) => service.post('/auth/token/revoke', undefined, bearer(tokens))],
    ['vault', (tokens) => service.inject({ method: 'DELETE', url: '/api/auth/logout', headers: bearer(tokens) })],
    ['claims', (tokens) => service.post('/api/v1/logout', undefined, bearer(tokens))],
    ['turnstile', (tokens) => service.post('/turnstile/leave', undefined, bearer(tokens))],
  ])('of whatever kind is left where %s signs out, and no other', async (_contract, leave) => {
    for (const wayIn of waysIn) {
      const [gone, stays] = [await signInBy(service, wayIn, owner), await signInBy(service, wayIn, owner)];
      expect((await leave(gone)).statusCode).toBeLessThan(300);
      await expectEnded(gone);
      await expectLive(stays);
    }
  });

  it('ends with all others where native says so', async () => {
    const before: AnyTokens[] = [];
    for (const wayIn of waysIn) before.push(await signInBy(service, wayIn, owner));
    const mine = await signInBy(service, waysIn[0]!, owner);
    expectStatus(await service.post('/auth/token/revoke', { others: true }, bearer(mine)), 204);
    for (const tokens of before) await expectEnded(tokens);
    await expectLive(mine);
  });
});

describe('a refresh token', () => {
  const withRefresh = named.filter(([, { contract }]) => refreshRoutes.some((route) => route.contract === contract));

  /** A route, a place, and whether it ends sessions: none of them may take another contract's token. */
  const signOuts = [
    {
      contract: 'vault',
      send: (token: string) =>
        service.inject({ method: 'DELETE', url: '/api/auth/logout', headers: { cookie: `sv_rt=${token}` } }),
    },
    { contract: 'native', send: (token: string) => service.post(`/auth/logout?refresh_token=${token}`) },
    {
      contract: 'native',
      send: (token: string) => service.post('/auth/logout', { all: true }, { cookie: `refresh_token=${token}` }),
    },
  ];

  it('is given by the contracts that have a route for it', async () => {
    const given: [string, boolean][] = [];
    for (const wayIn of waysIn) given.push([wayIn.way, (await signInBy(service, wayIn, owner)).refresh !== null]);
    expect(given.filter(([, isGiven]) => isGiven).map(([way]) => way)).toEqual(withRefresh.map(([way]) => way));
  });

  it.each(withRefresh)('%s: is refused wherever it was not issued, and its session goes on', async (_way, wayIn) => {
    const tokens = await signInBy(service, wayIn, owner);
    const token = tokens.refresh!;
    const foreign = [...refreshRoutes, ...signOuts].filter(({ contract }) => contract !== wayIn.contract);
    expect(foreign.length).toBeGreaterThan(1);
    for (const route of foreign) {
      const answer = 'place' in route ? await route.send(service, token) : await route.send(token);
      expect([answer.statusCode, outcomeOf(answer)]).toEqual([401, 'invalid-refresh-token']);
    }
    await expectLive(tokens);
    await expectGood(wayIn, token);
  });

  async function expectGood(wayIn: WayIn, token: string): Promise<void> {
    const own = refreshRoutes.find(({ contract }) => contract === wayIn.contract);
    expect(outcomeOf(await own!.send(service, token))).toBe('signed in');
  }
});
