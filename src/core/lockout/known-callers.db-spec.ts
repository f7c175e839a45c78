import { ELSEWHERE, LockRoom, NOBODY_KNOWN } from '../../../test/support/lock-room';
import { statement } from '../../database/database.service';
import { DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS } from '../../kernel/clock';
import { newId } from '../../kernel/ids';

const ATTEMPTS = 10;
const HOME = '192.0.2.1';
const TRAIN = '203.0.113.30';

let room: LockRoom;
beforeAll(async () => (room = await LockRoom.start(ATTEMPTS)));
beforeEach(() => room.renew());
afterAll(() => room.stop());

const isKnown = async (network: string): Promise<boolean> => (await room.recognise(null, network)).network === network;

const knownAmong = async (networks: readonly string[]): Promise<string[]> => {
  const known: string[] = [];
  for (const network of networks) if (await isKnown(network)) known.push(network);
  return known;
};

describe('an account knows', () => {
  const networks = [1, 2, 3, 4, 5, 6, 7].map((index) => `192.0.2.${String(index)}`);

  it('a network by sign-ins without a token only, and the device by both', async () => {
    const [keeps, keepsNothing] = [newId(), newId()];
    await room.signIn(keeps, HOME, false);
    expect(await isKnown(HOME)).toBe(false);
    await room.signIn(keepsNothing, HOME, true);
    expect(await isKnown(HOME)).toBe(true);
    for (const deviceId of [keeps, keepsNothing])
      expect((await room.recognise(deviceId, TRAIN)).deviceId).toBe(deviceId);
  });

  it('five networks at most, those it was used from last', async () => {
    for (const network of [...networks.slice(0, 5), networks[0]!, ...networks.slice(5)]) {
      await room.signIn(newId(), network, true);
      room.clock.advanceSeconds(1);
    }
    expect(await knownAmong(networks)).toEqual([networks[0], ...networks.slice(3)]);
  });

  it('five networks at most, however many sign in at once', async () => {
    await Promise.all(networks.map((network) => room.signIn(newId(), network, true)));
    expect(await knownAmong(networks)).toHaveLength(5);
  });

  it('a network for 30 days after the last sign-in', async () => {
    await room.signIn(newId(), HOME, true);
    room.clock.advanceSeconds(20 * DAY_SECONDS);
    await room.signIn(newId(), HOME, true);
    room.clock.advanceSeconds(30 * DAY_SECONDS - 1);
    expect(await isKnown(HOME)).toBe(true);
    room.clock.advanceSeconds(1);
    expect(await isKnown(HOME)).toBe(false);
  });

  it('nobody else’s devices and networks', async () => {
    const deviceId = newId();
    await room.signIn(deviceId, HOME, true);
    await room.renew();
    expect(await room.recognise(deviceId, HOME)).toEqual(NOBODY_KNOWN);
  });

  it('for its second factor only who has passed that', async () => {
    const [passed, other] = [newId(), newId()];
    await room.signIn(other, HOME, true);
    await room.signIn(passed, TRAIN, true, true);
    expect(await room.recognise(other, HOME, 'second-factor')).toEqual(NOBODY_KNOWN);
    expect(await room.recognise(passed, HOME, 'second-factor')).toEqual({
      deviceId: passed,
      sessionId: null,
      network: null,
    });
    expect(await room.recognise(other, TRAIN, 'second-factor')).toEqual({
      deviceId: null,
      sessionId: null,
      network: TRAIN,
    });
  });

  it('the first of several devices that a caller names', async () => {
    const [first, second] = [newId(), newId()];
    await room.signIn(second, HOME, false);
    expect((await room.recognise(first, HOME)).deviceId).toBeNull();
    await room.signIn(first, HOME, false);
    expect((await room.recognise(first, HOME)).deviceId).toBe(first);
  });
});

describe('a mailed link', () => {
  it('makes its browser known, and its network for an hour', async () => {
    const deviceId = newId();
    await room.openLink(deviceId, TRAIN);
    room.clock.advanceSeconds(HOUR_SECONDS - 1);
    expect(await room.recognise(deviceId, TRAIN)).toEqual({ deviceId, sessionId: null, network: TRAIN });
    room.clock.advanceSeconds(1);
    expect(await room.recognise(deviceId, TRAIN)).toEqual({ deviceId, sessionId: null, network: null });
    expect(await room.recognise(deviceId, TRAIN, 'second-factor')).toEqual(NOBODY_KNOWN);
  });

  it('shortens nothing for a network that is known for longer', async () => {
    await room.signIn(newId(), HOME, true);
    await room.openLink(newId(), HOME);
    room.clock.advanceSeconds(30 * DAY_SECONDS - 1);
    expect(await isKnown(HOME)).toBe(true);
  });

  it('empties the buckets of its browser and network, and leaves the strangers’ as it was', async () => {
    const deviceId = newId();
    await room.signIn(deviceId, HOME, true);
    const known = [
      { deviceId, sessionId: null, network: null },
      { deviceId: null, sessionId: null, network: HOME },
      NOBODY_KNOWN,
    ] as const;
    for (const each of known) await room.fail(ATTEMPTS, each);
    await room.openLink(deviceId, HOME);
    expect(await Promise.all(known.map((each) => room.waitOf(each)))).toEqual([null, null, 10 * MINUTE_SECONDS]);
  });

  it('gives a network that was known before, and is no more, no old failures back', async () => {
    await room.signIn(newId(), HOME, true);
    await room.fail(ATTEMPTS - 1, { deviceId: null, sessionId: null, network: HOME });
    room.clock.advanceSeconds(30 * DAY_SECONDS);
    await room.signIn(newId(), HOME, true);
    expect(await room.rows()).toEqual([]);
  });
});

describe('what is old is deleted', () => {
  const purge = () => room.process.jobs.runNow('purge-locks');

  it('a bucket of strangers with one failure after a week, one of a known device after a year', async () => {
    const known = { deviceId: newId(), sessionId: null, network: null };
    await room.signIn(known.deviceId, HOME, false);
    await room.fail(1);
    await room.fail(3, known);
    room.clock.advanceSeconds(7 * DAY_SECONDS);
    await purge();
    expect((await room.rows()).map(({ standing }) => standing)).toEqual(['device', 'stranger']);
    room.clock.advanceSeconds(1);
    await purge();
    expect((await room.rows()).map(({ standing }) => standing)).toEqual(['device']);
    room.clock.advanceSeconds(358 * DAY_SECONDS);
    await purge();
    expect(await room.rows()).toEqual([]);
  });

  it('the networks of failures after 30 days, the failures not', async () => {
    await room.fail(ATTEMPTS);
    room.clock.advanceSeconds(30 * DAY_SECONDS);
    await purge();
    expect(await room.rows()).toMatchObject([{ networks: [ELSEWHERE] }]);
    room.clock.advanceSeconds(1);
    await purge();
    expect(await room.rows()).toMatchObject([{ failures: ATTEMPTS, networks: [] }]);
  });

  it('a bucket that only remembers how often it was locked, when that is forgotten', async () => {
    const known = { deviceId: newId(), sessionId: null, network: null };
    await room.signIn(known.deviceId, HOME, false);
    await room.fail(ATTEMPTS, known);
    await room.waitFor(known);
    await (await room.admit(known)).succeed();
    room.clock.advanceSeconds(DAY_SECONDS);
    await purge();
    expect(await room.rows()).toMatchObject([{ failures: 0, level: 1 }]);
    room.clock.advanceSeconds(1);
    await purge();
    expect(await room.rows()).toEqual([]);
  });

  it('no bucket that is locked still', async () => {
    await room.failPatiently(100, NOBODY_KNOWN);
    room.clock.advanceSeconds(90 * DAY_SECONDS - 1);
    await purge();
    expect(await room.waitOf()).toBe(1);
  });

  it('a network that is not known any more', async () => {
    await room.openLink(newId(), HOME);
    room.clock.advanceSeconds(HOUR_SECONDS);
    await purge();
    const { rows } = await statement(room.test.database.pool, 'SELECT 1 FROM known_networks WHERE user_id = $1', [
      room.userId,
    ]);
    expect(rows).toEqual([]);
  });
});
