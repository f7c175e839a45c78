import type { Factor } from '../../src/core/lockout/bucket';
import { Buckets } from '../../src/core/lockout/buckets.service';
import { KnownCallers, type Recognised } from '../../src/core/lockout/known-callers.service';
import { Lockout, type Admission } from '../../src/core/lockout/lockout.service';
import { statement } from '../../src/database/database.service';
import { AppError } from '../../src/kernel/errors/app-error';
import { newId } from '../../src/kernel/ids';
import type { Caller } from '../../src/kernel/principal';
import { insertUser, startSessionProcess, type SessionProcess } from './session-process';
import { TestClock } from './test-clock';
import { createTestDatabase, type TestDatabase } from './test-database';

export const NOBODY_KNOWN: Recognised = { deviceId: null, sessionId: null, network: null };
/** From where guesses come unless a test says otherwise. */
export const ELSEWHERE = '198.51.100.66';

interface BucketRow {
  readonly standing: string;
  readonly failures: number;
  readonly networks: readonly string[];
  readonly level: number;
}

/** The room `core/lockout` on a database of its own, with an account to guess at. */
export class LockRoom {
  userId = '';

  private constructor(
    readonly clock: TestClock,
    readonly test: TestDatabase,
    readonly process: SessionProcess,
  ) {}

  static async start(attempts: number, environment: Readonly<Record<string, string>> = {}): Promise<LockRoom> {
    const clock = new TestClock();
    const test = await createTestDatabase();
    return new LockRoom(
      clock,
      test,
      await startSessionProcess(test.url, clock, { LOCKOUT_ATTEMPTS: String(attempts), ...environment }),
    );
  }

  async stop(): Promise<void> {
    await this.process.stop();
    await this.test.drop();
  }

  get buckets(): Buckets {
    return this.process.module.get(Buckets);
  }

  /** Another account, and no bucket at all. */
  async renew(): Promise<void> {
    await this.clear();
    this.userId = await insertUser(this.test.database, this.clock.now());
  }

  async clear(where = 'TRUE'): Promise<void> {
    await statement(this.test.database.pool, `DELETE FROM locks WHERE ${where}`);
  }

  admit(recognised = NOBODY_KNOWN, network = ELSEWHERE, userId: string | null = this.userId): Promise<Admission> {
    const strangers = this.buckets.strangersAt(`${this.userId}@example.org`, userId);
    return this.process.module.get(Lockout).admit({ factor: 'secret', userId, recognised, strangers, network });
  }

  /** Admitted, and judged wrong. */
  async guess(recognised = NOBODY_KNOWN, network = ELSEWHERE, userId: string | null = this.userId): Promise<Admission> {
    const admission = await this.admit(recognised, network, userId);
    await admission.confirm(this.process.database.pool);
    return admission;
  }

  async fail(times: number, recognised = NOBODY_KNOWN, network = ELSEWHERE): Promise<void> {
    for (let index = 0; index < times; index += 1) await this.guess(recognised, network);
  }

  /** Fails as soon as it may, again and again. */
  async failPatiently(times: number, recognised: Recognised): Promise<void> {
    for (let failed = 0; failed < times; failed += 1) {
      await this.waitFor(recognised);
      await this.guess(recognised);
    }
  }

  /** The seconds after which it says to come again; null where it admits. What was admitted is given back. */
  async waitOf(recognised = NOBODY_KNOWN, network = ELSEWHERE): Promise<number | null> {
    try {
      await (await this.admit(recognised, network)).giveBack();
      return null;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'locked') throw error;
      return error.retryAfterSeconds ?? null;
    }
  }

  /** Until it admits. */
  async waitFor(recognised: Recognised): Promise<void> {
    this.clock.advanceSeconds((await this.waitOf(recognised)) ?? 0);
  }

  recognise(deviceId: string | null, network: string, factor: Factor = 'secret'): Promise<Recognised> {
    return this.callers.recognise(this.test.database.pool, this.userId, factor, { deviceId, session: null, network });
  }

  signIn(deviceId: string, network: string, isTokenless: boolean, withSecondFactor = false): Promise<void> {
    const { userId } = this;
    const caller = callerAt(network);
    return this.process.database.transaction((tx) =>
      this.callers.remember(tx, { userId, deviceId, isTokenless, withSecondFactor, caller }),
    );
  }

  openLink(deviceId: string, network: string): Promise<void> {
    return this.process.database.transaction((tx) =>
      this.callers.welcome(tx, this.userId, deviceId, callerAt(network)),
    );
  }

  async rows(): Promise<BucketRow[]> {
    const { rows } = await statement<BucketRow>(
      this.test.database.pool,
      `SELECT standing, cardinality(failures) AS failures, networks, level FROM locks ORDER BY standing`,
    );
    return rows;
  }

  private get callers(): KnownCallers {
    return this.process.module.get(KnownCallers);
  }
}

function callerAt(network: string): Caller {
  return {
    ip: network,
    network,
    userAgent: 'test browser',
    requestId: newId(),
    contract: 'native',
    deviceToken: null,
    sessionId: null,
    refreshTokens: [],
  };
}
