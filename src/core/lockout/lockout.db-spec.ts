import { insertUser, startSessionProcess, type SessionProcess } from '../../../test/support/session-process';
import { TestClock } from '../../../test/support/test-clock';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database';
import { statement } from '../../database/database.service';
import { DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS } from '../../kernel/clock';
import { AppError } from '../../kernel/errors/app-error';
import { newId } from '../../kernel/ids';
import type { Caller } from '../../kernel/principal';
import type { Factor } from './bucket';
import { Buckets } from './buckets.service';
import { KnownCallers, type Recognised } from './known-callers.service';
import { Lockout, type Admission } from './lockout.service';

const ATTEMPTS = 10;
const HOME = '192.0.2.1';
const ELSEWHERE = '198.51.100.66';
const NOBODY_KNOWN: Recognised = { deviceId: null, network: null };

interface Row {
  readonly standing: string;
  readonly failures: number;
  readonly networks: readonly string[];
  readonly level: number;
  readonly known: string | null;
}

describe('the lockout', () => {
  const clock = new TestClock();
  let test: TestDatabase;
  let process: SessionProcess;
  let lockout: Lockout;
  let buckets: Buckets;
  let callers: KnownCallers;
  let userId: string;
  let identifier: string;

  beforeAll(async () => {
    test = await createTestDatabase();
    process = await startSessionProcess(test.url, clock, { LOCKOUT_ATTEMPTS: String(ATTEMPTS) });
    lockout = process.module.get(Lockout);
    buckets = process.module.get(Buckets);
    callers = process.module.get(KnownCallers);
  });

  beforeEach(async () => {
    await statement(test.database.pool, 'DELETE FROM locks');
    userId = await insertUser(test.database, clock.now());
    identifier = `${userId}@example.org`;
  });

  afterAll(async () => {
    await process.stop();
    await test.drop();
  });

  const callerAt = (network: string): Caller => ({
    ip: network,
    network,
    userAgent: 'test browser',
    requestId: newId(),
    contract: 'native',
    deviceToken: null,
    sessionId: null,
    refreshTokens: [],
  });

  const admit = (recognised = NOBODY_KNOWN, network = ELSEWHERE, owner: string | null = userId): Promise<Admission> =>
    lockout.admit({
      factor: 'secret',
      userId: owner,
      recognised,
      strangers: buckets.strangersAt(identifier, owner),
      network,
    });

  const recognise = (deviceId: string | null, network: string, factor: Factor = 'secret'): Promise<Recognised> =>
    callers.recognise(test.database.pool, userId, factor, {
      deviceIds: deviceId === null ? [] : [deviceId],
      network,
    });

  const signIn = (deviceId: string, network: string, isTokenless: boolean): Promise<void> =>
    process.database.transaction((tx) =>
      callers.remember(tx, { userId, deviceId, isTokenless, withSecondFactor: false, caller: callerAt(network) }),
    );

  const openLink = (deviceId: string, network: string): Promise<void> =>
    process.database.transaction((tx) => callers.welcome(tx, userId, deviceId, callerAt(network)));

  async function fail(times: number, recognised = NOBODY_KNOWN, network = ELSEWHERE): Promise<void> {
    for (let index = 0; index < times; index += 1) await admit(recognised, network);
  }

  /** The seconds after which it says to come again; null where it admits. What was admitted is given back. */
  async function waitOf(recognised = NOBODY_KNOWN): Promise<number | null> {
    try {
      await (await admit(recognised, HOME)).giveBack();
      return null;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'locked') throw error;
      return error.retryAfterSeconds ?? null;
    }
  }

  async function rows(): Promise<Row[]> {
    const { rows: found } = await statement<Row>(
      test.database.pool,
      `SELECT standing, cardinality(failures) AS failures, networks, level, known_by AS known FROM locks ORDER BY standing`,
    );
    return found;
  }

  /** Fails without end, waiting for each lock, until that many have failed. */
  async function failPatiently(times: number, recognised: Recognised): Promise<void> {
    for (let failed = 0; failed < times; failed += 1) {
      clock.advanceSeconds((await waitOf(recognised)) ?? 0);
      await admit(recognised);
    }
  }

  describe('of strangers', () => {
    it.each([
      ['of an account', () => userId],
      ['of a name that nobody has', () => null],
    ])('%s admits up to the limit, and then says when to come again', async (_whose, owner) => {
      for (let index = 1; index <= ATTEMPTS; index += 1) {
        const admission = await admit(NOBODY_KNOWN, ELSEWHERE, owner());
        expect(admission).toMatchObject({ standing: 'stranger', hasLocked: index === ATTEMPTS });
      }
      expect(await waitOf()).toBe(10 * MINUTE_SECONDS);
      clock.advanceSeconds(10 * MINUTE_SECONDS - 0.5);
      expect(await waitOf()).toBe(1);
      clock.advanceSeconds(0.5);
      expect(await waitOf()).toBeNull();
      expect((await rows())[0]?.failures).toBe(ATTEMPTS);
    });

    it('takes back by a success its own attempt and no other, and the lock that it alone had brought', async () => {
      await fail(ATTEMPTS - 1);
      const admission = await admit(NOBODY_KNOWN, HOME);
      expect(admission.hasLocked).toBe(true);
      await admission.succeed();
      expect(await rows()).toMatchObject([{ failures: ATTEMPTS - 1, networks: [ELSEWHERE] }]);
      await admit();
      expect(await waitOf()).toBe(10 * MINUTE_SECONDS);
    });

    it.each(['succeed', 'giveBack'] as const)(
      'keeps no trace of somebody whom nobody else was before: %s',
      async (end) => {
        await (await admit())[end]();
        expect(await rows()).toEqual([]);
      },
    );

    it('is settled in vain once it was lifted, and what is there since stays', async () => {
      const admission = await admit();
      await statement(test.database.pool, 'DELETE FROM locks');
      await admission.succeed();
      expect(await rows()).toEqual([]);
      clock.advanceSeconds(1);
      await fail(2);
      await admission.giveBack();
      expect((await rows())[0]?.failures).toBe(2);
    });

    it('names the ten networks that failed last, the last one first', async () => {
      for (let index = 0; index < 12; index += 1) {
        clock.advanceSeconds((await waitOf()) ?? 0);
        await admit(NOBODY_KNOWN, `198.51.100.${String(index)}`);
      }
      clock.advanceSeconds((await waitOf()) ?? 0);
      await admit(NOBODY_KNOWN, '198.51.100.5');
      const last = [5, 11, 10, 9, 8, 7, 6, 4, 3, 2].map((index) => `198.51.100.${String(index)}`);
      expect((await rows())[0]?.networks).toEqual(last);
    });
  });

  describe.each(['device', 'network'] as const)('of a known %s', (standing) => {
    let known: Recognised;
    const look = () => (standing === 'device' ? recognise(known.deviceId, ELSEWHERE) : recognise(null, HOME));

    beforeEach(async () => {
      const deviceId = newId();
      await signIn(deviceId, HOME, standing === 'network');
      known = standing === 'device' ? { deviceId, network: null } : { deviceId: null, network: HOME };
      expect(await look()).toEqual(known);
    });

    it('admits up to the limit, whatever strangers do, and closes nobody else’s way', async () => {
      await fail(ATTEMPTS);
      expect(await waitOf(known)).toBeNull();
      for (let index = 0; index < ATTEMPTS; index += 1) expect((await admit(known)).standing).toBe(standing);
      expect(await waitOf(known)).toBe(10 * MINUTE_SECONDS);
      await statement(test.database.pool, `DELETE FROM locks WHERE standing = 'stranger'`);
      expect(await waitOf()).toBeNull();
    });

    it('forgets by a success what failed before, but not how often it was locked', async () => {
      await fail(ATTEMPTS, known);
      clock.advanceSeconds(10 * MINUTE_SECONDS);
      await (await admit(known)).succeed();
      expect(await rows()).toMatchObject([{ failures: 0, level: 1, networks: [] }]);
      await fail(ATTEMPTS, known);
      expect(await waitOf(known)).toBe(20 * MINUTE_SECONDS);
    });

    it('leaves no row behind by a success after failures that brought no lock', async () => {
      await fail(ATTEMPTS - 1, known);
      await (await admit(known)).succeed();
      expect(await rows()).toEqual([]);
    });

    it('forgets by what is given back nothing but that', async () => {
      await fail(3, known);
      await (await admit(known, HOME)).giveBack();
      expect(await rows()).toMatchObject([{ failures: 3, networks: [ELSEWHERE] }]);
    });

    it('is nobody’s after 100 failures in a row: who was known by it is a stranger', async () => {
      await failPatiently(100, known);
      clock.advanceSeconds((await waitOf(known)) ?? 0);
      expect((await admit(known)).standing).toBe('stranger');
      expect(await look()).toEqual(NOBODY_KNOWN);
      expect(await rows()).toMatchObject([{ standing: 'stranger', failures: 1 }]);
    });

    it('stays its owner’s over any number of failures with successes between', async () => {
      for (let round = 0; round < 12; round += 1) {
        await fail(ATTEMPTS - 1, known);
        await (await admit(known)).succeed();
      }
      expect(await look()).toEqual(known);
      expect((await admit(known)).standing).toBe(standing);
    });
  });

  it('of a device that is void falls back to its network, if that is known', async () => {
    const deviceId = newId();
    await signIn(deviceId, HOME, true);
    const known = { deviceId, network: HOME };
    await failPatiently(100, known);
    clock.advanceSeconds((await waitOf(known)) ?? 0);
    await signIn(newId(), HOME, true);
    expect((await admit(known)).standing).toBe('network');
  });

  it('knows at most five networks of an account, the last seen ones, for 30 days', async () => {
    const networks = [1, 2, 3, 4, 5, 6].map((index) => `192.0.2.${String(index)}`);
    for (const network of networks) {
      await signIn(newId(), network, true);
      clock.advanceSeconds(1);
    }
    const isKnown = async () => {
      const found = await Promise.all(networks.map((network) => recognise(null, network)));
      return found.map(({ network }) => network !== null);
    };
    expect(await isKnown()).toEqual([false, true, true, true, true, true]);
    clock.advanceSeconds(30 * DAY_SECONDS - 2);
    expect(await isKnown()).toEqual([false, false, false, false, false, true]);
    clock.advanceSeconds(1);
    expect(await isKnown()).toEqual(Array(6).fill(false));
  });
});
