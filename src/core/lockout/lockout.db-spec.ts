import { ELSEWHERE, LockRoom, NOBODY_KNOWN } from '../../../test/support/lock-room';
import { MINUTE_SECONDS } from '../../kernel/clock';
import { newId } from '../../kernel/ids';
import type { Recognised } from './known-callers.service';

const ATTEMPTS = 10;
const HOME = '192.0.2.1';

describe('a bucket', () => {
  let room: LockRoom;
  beforeAll(async () => (room = await LockRoom.start(ATTEMPTS)));
  beforeEach(() => room.renew());
  afterAll(() => room.stop());

  describe('of strangers', () => {
    it.each([
      ['of an account', () => room.userId],
      ['of a name that nobody has', () => null],
    ])('%s admits up to the limit, and then says when to come again', async (_whose, owner) => {
      for (let index = 1; index <= ATTEMPTS; index += 1) {
        const admission = await room.guess(NOBODY_KNOWN, ELSEWHERE, owner());
        expect(admission).toMatchObject({ standing: 'stranger', hasLocked: index === ATTEMPTS });
      }
      expect(await room.waitOf()).toBe(10 * MINUTE_SECONDS);
      room.clock.advanceSeconds(10 * MINUTE_SECONDS - 0.5);
      expect(await room.waitOf()).toBe(1);
      room.clock.advanceSeconds(0.5);
      expect(await room.waitOf()).toBeNull();
      expect((await room.rows())[0]?.failures).toBe(ATTEMPTS);
    });

    it('takes back by a success its own attempt and no other, and the lock that it alone had brought', async () => {
      await room.fail(ATTEMPTS - 1);
      const admission = await room.admit(NOBODY_KNOWN, HOME);
      expect(admission.hasLocked).toBe(true);
      await admission.succeed();
      expect(await room.rows()).toMatchObject([{ failures: ATTEMPTS - 1, networks: [ELSEWHERE] }]);
      await room.guess();
      expect(await room.waitOf()).toBe(10 * MINUTE_SECONDS);
    });

    it.each(['succeed', 'giveBack'] as const)(
      'keeps no trace of somebody whom nobody else was before: %s',
      async (end) => {
        await (await room.admit())[end]();
        expect(await room.rows()).toEqual([]);
      },
    );

    it('is settled in vain once it was lifted, and what is there since stays', async () => {
      const admission = await room.admit();
      await room.clear();
      await admission.succeed();
      expect(await room.rows()).toEqual([]);
      room.clock.advanceSeconds(1);
      await room.fail(2);
      await admission.giveBack();
      expect((await room.rows())[0]?.failures).toBe(2);
    });

    it('names the ten networks that failed last, the last one first', async () => {
      for (const index of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 5]) {
        if (index === 10) room.clock.advanceSeconds(10 * MINUTE_SECONDS);
        await room.guess(NOBODY_KNOWN, `198.51.100.${String(index)}`);
      }
      const last = [5, 11, 10, 9, 8, 7, 6, 4, 3, 2].map((index) => `198.51.100.${String(index)}`);
      expect((await room.rows())[0]?.networks).toEqual(last);
    });
  });

  describe.each(['device', 'network'] as const)('of a known %s', (standing) => {
    let known: Recognised;
    const look = () => (standing === 'device' ? room.recognise(known.deviceId, ELSEWHERE) : room.recognise(null, HOME));

    beforeEach(async () => {
      const deviceId = newId();
      await room.signIn(deviceId, HOME, standing === 'network');
      known =
        standing === 'device'
          ? { deviceId, sessionId: null, network: null }
          : { deviceId: null, sessionId: null, network: HOME };
      expect(await look()).toEqual(known);
    });

    it('admits up to the limit, whatever strangers do, and closes nobody else’s way', async () => {
      await room.fail(ATTEMPTS);
      expect(await room.waitOf(known)).toBeNull();
      for (let index = 0; index < ATTEMPTS; index += 1) expect((await room.guess(known)).standing).toBe(standing);
      expect(await room.waitOf(known)).toBe(10 * MINUTE_SECONDS);
      await room.clear(`standing = 'stranger'`);
      expect(await room.waitOf()).toBeNull();
    });

    it('forgets by a success what failed before, but not how often it was locked', async () => {
      await room.fail(ATTEMPTS, known);
      room.clock.advanceSeconds(10 * MINUTE_SECONDS);
      await (await room.admit(known)).succeed();
      expect(await room.rows()).toMatchObject([{ failures: 0, level: 1, networks: [] }]);
      await room.fail(ATTEMPTS, known);
      expect(await room.waitOf(known)).toBe(20 * MINUTE_SECONDS);
    });

    it('leaves no row behind by a success after failures that brought no lock', async () => {
      await room.fail(ATTEMPTS - 1, known);
      await (await room.admit(known)).succeed();
      expect(await room.rows()).toEqual([]);
    });

    it('forgets by what is given back nothing but that', async () => {
      await room.fail(3, known);
      await (await room.admit(known, HOME)).giveBack();
      expect(await room.rows()).toMatchObject([{ failures: 3, networks: [ELSEWHERE] }]);
    });

    it('is nobody’s after 100 failures in a row: who was known by it is a stranger', async () => {
      await room.failPatiently(100, known);
      await room.waitFor(known);
      expect((await room.admit(known)).standing).toBe('stranger');
      expect(await look()).toEqual(NOBODY_KNOWN);
      const [strangers] = (await room.rows()).filter((row) => row.standing === 'stranger');
      expect(strangers).toMatchObject({ failures: 1 });
    });

    it('stays its owner’s over any number of failures with successes between', async () => {
      for (let round = 0; round < 12; round += 1) {
        await room.fail(ATTEMPTS - 1, known);
        await (await room.admit(known)).succeed();
      }
      expect(await look()).toEqual(known);
      expect((await room.admit(known)).standing).toBe(standing);
    });
  });

  it('of a device that is void falls back to its network, if that is known', async () => {
    const deviceId = newId();
    await room.signIn(deviceId, HOME, true);
    const known = { deviceId, sessionId: null, network: HOME };
    await room.failPatiently(100, known);
    await room.waitFor(known);
    await room.signIn(newId(), HOME, true);
    expect((await room.admit(known)).standing).toBe('network');
  });
});
