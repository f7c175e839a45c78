import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { SigningKeyRotation } from '../../src/core/session/signing-key-rotation.service';
import { statement } from '../../src/database/database.service';
import { newId } from '../../src/kernel/ids';
import { eventually } from '../support/eventually';
import { signAccess, startSessionProcess, type SessionProcess } from '../support/session-process';
import { TestClock } from '../support/test-clock';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const LEAD_SECONDS = 40;
const ROTATE_EVERY_SECONDS = 45;
const ACCESS_SECONDS = 20;
const SIMULATED_SECONDS = 300;

async function kidsOf(test: TestDatabase): Promise<string[]> {
  const { rows } = await statement<{ kid: string }>(test.database.pool, 'SELECT kid FROM signing_keys ORDER BY kid');
  return rows.map(({ kid }) => kid);
}

describe('signing keys', () => {
  let test: TestDatabase;
  let clock: TestClock;
  const started: SessionProcess[] = [];

  beforeEach(async () => {
    test = await createTestDatabase();
    clock = new TestClock();
  });

  afterEach(async () => {
    await Promise.all(started.splice(0).map((process) => process.stop()));
    await test.drop();
  });

  async function start(environment: Record<string, string> = {}): Promise<SessionProcess> {
    const process = await startSessionProcess(test.url, clock, environment);
    started.push(process);
    return process;
  }

  it('begin with one key, whichever of several processes starts first', async () => {
    const processes = await Promise.all([start(), start(), start()]);
    expect(await kidsOf(test)).toHaveLength(1);
    expect(new Set(processes.map(({ signingKeys }) => signingKeys.current().kid)).size).toBe(1);
  });

  it('get one next key from two processes that rotate at once', async () => {
    const [first, second] = await Promise.all([start(), start()]);
    const [a, b] = await Promise.all([
      first.signingKeys.rotate({ isCompromised: false }),
      second.signingKeys.rotate({ isCompromised: false }),
    ]);
    expect(a).toEqual(b);
    expect(await kidsOf(test)).toHaveLength(2);
  });

  it('are known in another process before a token signed with them can come', async () => {
    const [first, second] = await Promise.all([start(), start()]);
    const { kid } = await first.signingKeys.rotate({ isCompromised: true });
    // at once, without waiting for a signal, however many unknown ids were asked for just before
    const strangers = Promise.all([1, 2, 3].map(() => second.signingKeys.resolve(newId())));
    await expect(second.signingKeys.resolve(kid)).resolves.not.toBeNull();
    await expect(strangers).resolves.toEqual([null, null, null]);
  });

  it('that were compromised are dropped at once, here and elsewhere', async () => {
    const [first, second] = await Promise.all([start(), start()]);
    const dropped = first.signingKeys.current().kid;
    const { kid, signsFrom } = await first.signingKeys.rotate({ isCompromised: true });
    expect(signsFrom).toEqual(clock.now());
    expect(first.signingKeys.current().kid).toBe(kid);
    expect(first.signingKeys.find(dropped)).toBeNull();
    await eventually(() => {
      expect(second.signingKeys.find(dropped)).toBeNull();
    }, 1000);
    expect(second.signingKeys.current().kid).toBe(kid);
  });

  it('hand over to the key that is waiting when the current one was compromised', async () => {
    const process = await start();
    const waiting = await process.signingKeys.rotate({ isCompromised: false });
    const now = await process.signingKeys.rotate({ isCompromised: true });
    expect(now).toEqual({ kid: waiting.kid, signsFrom: clock.now() });
    expect(await kidsOf(test)).toEqual([waiting.kid]);
  });

  it('that signed before the compromised one go too: nobody knows since when it was', async () => {
    const [first, second] = await Promise.all([start(), start()]);
    const former = first.signingKeys.current().kid;
    const { token } = signAccess(second, clock.now());
    const { signsFrom } = await first.signingKeys.rotate({ isCompromised: false });
    clock.set(signsFrom);
    const fresh = signAccess(first, clock.now());
    expect(second.signingKeys.find(former)).not.toBeNull();
    const { kid } = await first.signingKeys.rotate({ isCompromised: true });
    expect(await kidsOf(test)).toEqual([kid]);
    await eventually(() => {
      expect(second.signingKeys.jwks().keys.map((key) => key.kid)).toEqual([kid]);
    }, 1000);
    for (const dropped of [token, fresh.token]) {
      await expect(second.accessTokens.verify(dropped)).rejects.toMatchObject({ code: 'invalid-token' });
    }
  });

  describe('rotated without a pause', () => {
    interface Fetched {
      readonly at: number;
      readonly set: JSONWebKeySet;
    }

    /** At every second: each token alive verifies against each set that a cache may still hold. */
    async function simulate(process: SessionProcess, rotate: (second: number) => Promise<void>): Promise<Set<string>> {
      const maxAge = process.signingKeys.jwksMaxAgeSeconds;
      let tokens: { at: number; kid: string; token: string }[] = [];
      let fetched: Fetched[] = [];
      const signers = new Set<string>();
      for (let second = 0; second < SIMULATED_SECONDS; second += 1) {
        await rotate(second);
        const { kid } = process.signingKeys.current();
        signers.add(kid);
        tokens = [
          ...tokens.filter(({ at }) => at + ACCESS_SECONDS > second),
          { at: second, kid, token: signAccess(process, clock.now(), { accessSeconds: ACCESS_SECONDS }).token },
        ];
        // a fetch before the rotation's commit of the same second would see the former set: keep one of each second
        fetched = [
          ...fetched.filter(({ at }) => at + maxAge >= second),
          { at: second, set: process.signingKeys.jwks() },
        ];
        for (const { set } of fetched) {
          const published = new Set(set.keys.map((key) => key.kid));
          expect(tokens.filter((token) => !published.has(token.kid))).toEqual([]);
        }
        const oldestSet = fetched[0];
        const newest = tokens.at(-1);
        if (oldestSet && newest) {
          await jwtVerify(newest.token, createLocalJWKSet(oldestSet.set), { currentDate: clock.now() });
        }
        clock.advanceSeconds(1);
      }
      return signers;
    }

    it('by command, every token verifies against a set cached for its max-age', async () => {
      const process = await start({ SIGNING_KEY_LEAD: `${LEAD_SECONDS}s`, ACCESS_TOKEN_TTL: `${ACCESS_SECONDS}s` });
      expect(process.signingKeys.jwksMaxAgeSeconds).toBe(20);
      const signers = await simulate(process, async (second) => {
        if (second % ROTATE_EVERY_SECONDS === 10) await process.signingKeys.rotate({ isCompromised: false });
      });
      expect(signers.size).toBeGreaterThanOrEqual(6);
    });

    it('by schedule, every token verifies against a set cached for its max-age', async () => {
      const process = await start({
        SIGNING_KEY_LEAD: `${LEAD_SECONDS}s`,
        SIGNING_KEY_ROTATION: `${ROTATE_EVERY_SECONDS}s`,
        ACCESS_TOKEN_TTL: `${ACCESS_SECONDS}s`,
      });
      const rotation = process.module.get(SigningKeyRotation);
      const signers = await simulate(process, async () => {
        await rotation.keepUp();
        const stored = await kidsOf(test);
        await eventually(() => {
          expect(
            process.signingKeys
              .jwks()
              .keys.map((key) => key.kid)
              .sort(),
          ).toEqual(stored);
        });
      });
      // 45 seconds each, without drift
      expect(signers.size).toBe(Math.ceil(SIMULATED_SECONDS / ROTATE_EVERY_SECONDS));
    });

    it('stay published until the longest access token has expired, and go then', async () => {
      const process = await start({ SIGNING_KEY_LEAD: `${LEAD_SECONDS}s` });
      const former = process.signingKeys.current().kid;
      await process.signingKeys.rotate({ isCompromised: false });
      clock.advanceSeconds(LEAD_SECONDS + 3600);
      await process.jobs.runNow('rotate-signing-keys');
      expect(await kidsOf(test)).toContain(former);
      clock.advanceSeconds(120);
      await process.jobs.runNow('rotate-signing-keys');
      expect(await kidsOf(test)).not.toContain(former);
    });
  });
});
