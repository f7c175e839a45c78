import fc from 'fast-check';
import { full } from '../../../test/support/full';
import { BucketModel, type Verdict } from '../../../test/support/lock-model';
import { LockRoom, NOBODY_KNOWN } from '../../../test/support/lock-room';
import { DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS } from '../../kernel/clock';
import { AppError } from '../../kernel/errors/app-error';
import { newId } from '../../kernel/ids';
import type { Standing } from './bucket';
import type { Recognised } from './known-callers.service';
import { statement } from '../../database/database.service';
import type { BeyondRow } from './lockout.policy';
import type { Admission } from './lockout.service';

const ATTEMPTS = 3;
const HOME = '192.0.2.1';
const WINDOW_SECONDS = HOUR_SECONDS;
const LOCK_SECONDS = 10 * MINUTE_SECONDS;
const STANDINGS = ['device', 'network', 'stranger'] as const;
const BEYOND: Record<Standing, BeyondRow> = { device: 'void', session: 'void', network: 'void', stranger: 'hold' };

/** What may happen, in any order. */
type Step =
  | { readonly act: 'admit'; readonly standing: Standing }
  | { readonly act: 'persist'; readonly standing: Standing; readonly times: number }
  | { readonly act: 'settle'; readonly index: number; readonly hasSucceeded: boolean }
  | { readonly act: 'wait'; readonly seconds: number }
  | { readonly act: 'purge' };

const standing = fc.constantFrom(...STANDINGS);
const waits = [1, 90, LOCK_SECONDS, WINDOW_SECONDS, 5 * HOUR_SECONDS, DAY_SECONDS, 3 * DAY_SECONDS, 31 * DAY_SECONDS];
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ act: fc.constant('admit' as const), standing }) },
  {
    weight: 1,
    arbitrary: fc.record({ act: fc.constant('persist' as const), standing, times: fc.integer({ min: 5, max: 130 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ act: fc.constant('settle' as const), index: fc.nat(20), hasSucceeded: fc.boolean() }),
  },
  { weight: 4, arbitrary: fc.record({ act: fc.constant('wait' as const), seconds: fc.constantFrom(...waits) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('purge' as const) }) },
);

/** One story, told to the service and to the policy at once. */
class Story {
  private readonly deviceId = newId();
  private readonly open: { readonly admission: Admission; readonly at: Date; readonly standing: Standing }[] = [];
  private readonly models: Record<Standing, BucketModel>;

  constructor(private readonly room: LockRoom) {
    const model = (of: Standing) =>
      new BucketModel(
        { attempts: ATTEMPTS, windowSeconds: WINDOW_SECONDS, durationSeconds: LOCK_SECONDS, beyond: BEYOND[of] },
        of !== 'stranger',
      );
    this.models = {
      device: model('device'),
      session: model('session'),
      network: model('network'),
      stranger: model('stranger'),
    };
  }

  async tell(step: Step): Promise<void> {
    switch (step.act) {
      case 'admit':
        await this.admit(step.standing);
        return;
      case 'persist':
        for (let index = 0; index < step.times; index += 1) {
          const verdict = await this.admit(step.standing);
          if (verdict.kind === 'locked') this.room.clock.advanceSeconds(verdict.seconds);
        }
        return;
      case 'settle':
        await this.settle(step.index, step.hasSucceeded);
        return;
      case 'wait':
        this.room.clock.advanceSeconds(step.seconds);
        return;
      case 'purge':
        await this.room.process.jobs.runNow('purge-locks');
    }
  }

  /** The rows say what the policy remembers, no more and no less. */
  async expectSameRows(): Promise<void> {
    const now = this.room.clock.now();
    const rows = await this.room.rows();
    for (const of of STANDINGS) {
      const { failures, level } = this.models[of].remembered(now);
      const row = rows.find(({ standing: candidate }) => candidate === of);
      // a row may remember what is over; it must not lack what is not
      if (failures > 0) expect(row).toMatchObject({ failures });
      if (failures > 0 || level > 0) expect(row).toBeDefined();
    }
  }

  private async admit(of: Standing): Promise<Verdict> {
    const recognised = await this.known(of);
    const at = this.room.clock.now();
    const expected = this.models[of].admit(at);
    // who is known by what is void is a stranger from that attempt on
    const isVoid = expected.kind === 'void';
    const final = isVoid ? this.models.stranger.admit(at) : expected;
    const actual = await this.judge(recognised);
    if (actual instanceof AppError) {
      expect({ kind: 'locked', seconds: actual.retryAfterSeconds }).toEqual(final);
      return final;
    }
    const { standing: counted, hasLocked } = actual;
    expect({ kind: 'admitted', at, hasLocked, counted }).toEqual({ ...final, counted: isVoid ? 'stranger' : of });
    this.open.push({ admission: actual, at, standing: counted });
    return final;
  }

  private async judge(recognised: Recognised): Promise<Admission | AppError> {
    // else an attempt would wait for those before it to be judged, which here happens when the story says so
    await statement(this.room.test.database.pool, 'UPDATE locks SET confirmed_of = locked_at');
    return this.room.admit(recognised).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'locked') return error;
      throw error;
    });
  }

  private async settle(index: number, hasSucceeded: boolean): Promise<void> {
    const [settled] = this.open.splice(index % Math.max(1, this.open.length), 1);
    if (!settled) return;
    this.models[settled.standing].settle(settled.at, hasSucceeded);
    await (hasSucceeded ? settled.admission.succeed() : settled.admission.giveBack());
  }

  /** Makes the caller known again where the account has forgotten him, which empties what he is counted by. */
  private async known(of: Standing): Promise<Recognised> {
    if (of === 'stranger') return NOBODY_KNOWN;
    const look = () => this.room.recognise(of === 'device' ? this.deviceId : null, of === 'device' ? 'none' : HOME);
    const recognised = await look();
    if (recognised.deviceId ?? recognised.network) return recognised;
    this.models[of].forget();
    await this.room.signIn(of === 'device' ? this.deviceId : newId(), HOME, of === 'network');
    return look();
  }
}

describe('the lockout in its tables', () => {
  let room: LockRoom;
  beforeAll(async () => {
    const environment = { LOCKOUT_WINDOW: `${String(WINDOW_SECONDS)}s`, LOCKOUT_DURATION: `${String(LOCK_SECONDS)}s` };
    room = await LockRoom.start(ATTEMPTS, environment);
  });
  afterAll(() => room.stop());

  it(
    'decides whatever happens as the policy does in memory, purged or not',
    async () => {
      const story = fc.array(steps, { minLength: 20, maxLength: 60, size: 'max' });
      const property = fc.asyncProperty(story, async (told) => {
        await room.renew();
        const both = new Story(room);
        for (const step of told) {
          await both.tell(step);
          await both.expectSameRows();
        }
      });
      await fc.assert(property, { numRuns: full(10, 300), endOnFailure: true });
    },
    full(120_000, 1_800_000),
  );
});
