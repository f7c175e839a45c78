import { JwtService } from '@nestjs/jwt';
import {
  insertUser,
  openSession,
  startSessionProcess,
  type SessionProcess,
} from '../../../test/support/session-process';
import { TestClock } from '../../../test/support/test-clock';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database';
import { statement } from '../../database/database.service';
import { DAY_SECONDS } from '../../kernel/clock';
import { isUuid, newId } from '../../kernel/ids';
import { ServiceKeys } from '../../platform/keys/service-keys.service';
import { DeviceTokens } from './device-tokens.service';
import { Devices } from './devices.repository';

const CALLER = { ip: '192.0.2.7', userAgent: 'test browser' };

describe('devices', () => {
  const clock = new TestClock();
  let test: TestDatabase;
  let process: SessionProcess;
  let tokens: DeviceTokens;
  let devices: Devices;
  let userId: string;

  beforeAll(async () => {
    test = await createTestDatabase();
    process = await startSessionProcess(test.url, clock);
    tokens = process.module.get(DeviceTokens);
    devices = process.module.get(Devices);
  });

  beforeEach(async () => {
    userId = await insertUser(test.database, clock.now());
  });

  afterAll(async () => {
    await process.stop();
    await test.drop();
  });

  function bind(deviceId: string): Promise<boolean> {
    return process.database.transaction((tx) => devices.bind(tx, userId, deviceId, CALLER, clock.now()));
  }

  async function known(): Promise<string[]> {
    const { rows } = await statement<{ id: string }>(
      test.database.pool,
      `SELECT device_id AS id FROM devices WHERE user_id = $1 ORDER BY last_seen_at`,
      [userId],
    );
    return rows.map(({ id }) => id);
  }

  describe('are named by a token that', () => {
    it('gives back the device it was minted for', () => {
      const fresh = tokens.mint();
      expect(isUuid(fresh.deviceId)).toBe(true);
      expect(tokens.read(fresh.token)).toBe(fresh.deviceId);
      expect(tokens.read(tokens.mint(fresh.deviceId).token)).toBe(fresh.deviceId);
      expect(tokens.mint().deviceId).not.toBe(fresh.deviceId);
    });

    it('lives a year', () => {
      const { token, deviceId } = tokens.mint();
      clock.advanceSeconds(365 * DAY_SECONDS - 1);
      expect(tokens.read(token)).toBe(deviceId);
      clock.advanceSeconds(1);
      expect(tokens.read(token)).toBeNull();
    });

    it.each([null, '', 'words', '..', 'a.b.c', '\0'])('%j is not', (text) => {
      expect(tokens.read(text)).toBeNull();
    });

    it('no other token of ours can stand in for', async () => {
      const { refreshToken } = await openSession(process, userId, clock.now());
      expect(tokens.read(refreshToken)).toBeNull();
      const key = process.module.get(ServiceKeys).key('device');
      const claims = { jti: newId(), token_type: 'device', exp: clock.epochSeconds() + 60 };
      const jwt = new JwtService();
      expect(tokens.read(jwt.sign(claims, { secret: key, algorithm: 'HS256' }))).toBe(claims.jti);
      for (const wrong of [{ token_type: 'refresh' }, { jti: 'no uuid' }, { exp: undefined }]) {
        const { exp, ...rest } = { ...claims, ...wrong };
        const token = jwt.sign(exp === undefined ? rest : { ...rest, exp }, { secret: key, algorithm: 'HS256' });
        expect(tokens.read(token)).toBeNull();
      }
      expect(tokens.read(jwt.sign(claims, { secret: key, algorithm: 'HS512' }))).toBeNull();
      expect(tokens.read(jwt.sign(claims, { secret: Buffer.alloc(32), algorithm: 'HS256' }))).toBeNull();
    });
  });

  it('are known to the accounts they were bound to, and to no other', async () => {
    const deviceId = newId();
    const other = await insertUser(test.database, clock.now());
    await bind(deviceId);
    await bind(deviceId);
    await expect(devices.isKnown(test.database.pool, userId, deviceId)).resolves.toBe(true);
    await expect(devices.isKnown(test.database.pool, other, deviceId)).resolves.toBe(false);
    await expect(devices.isKnown(test.database.pool, userId, newId())).resolves.toBe(false);
    await devices.unbindAll(test.database.pool, userId);
    await expect(devices.isKnown(test.database.pool, userId, deviceId)).resolves.toBe(false);
  });

  it('are at most 20 an account, the least recently seen ones go', async () => {
    const ids = Array.from({ length: 20 }, () => newId());
    for (const id of ids) {
      await bind(id);
      clock.advanceSeconds(1);
    }
    const [first = '', second = ''] = ids;
    await bind(first);
    clock.advanceSeconds(1);
    const latest = newId();
    await bind(latest);
    expect(await known()).toHaveLength(20);
    expect(await known()).toEqual([...ids.slice(2), first, latest]);
    await expect(devices.isKnown(test.database.pool, userId, second)).resolves.toBe(false);
  });

  it('are at most 20 an account however many sign in at once', async () => {
    await Promise.all(Array.from({ length: 30 }, () => bind(newId())));
    expect(await known()).toHaveLength(20);
  });

  it('are forgotten when they were not seen for a year', async () => {
    const [old, seen] = [newId(), newId()];
    await bind(old);
    clock.advanceSeconds(1);
    await bind(seen);
    clock.advanceSeconds(365 * DAY_SECONDS);
    await process.jobs.runNow('purge-devices');
    expect(await known()).toEqual([seen]);
  });
});
