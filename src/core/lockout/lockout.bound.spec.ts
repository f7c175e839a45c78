import { full } from '../../../test/support/full';
import { rules, Trial } from '../../../test/support/lock-trial';
import { DAY_SECONDS, HOUR_SECONDS } from '../../kernel/clock';
import { FAILURES_IN_A_ROW, isVoid, type BeyondRow } from './lockout.policy';

const YEAR_SECONDS = 365 * DAY_SECONDS;

/** Worked out by hand in docs/lockout.md. */
/** So many guesses at once, then so many days of nothing. */
const PATIENCE = [
  [1, 7],
  [2, 90],
  [9, 90],
  [99, 90],
  [99, 180],
] as const;

describe('the bound', () => {
  const BOUND = { hold: 411, slow: 462 } as const;

  it.each([
    ['hold', DAY_SECONDS, 80],
    ['slow', DAY_SECONDS, 80],
    ['hold', YEAR_SECONDS, 400],
    ['slow', YEAR_SECONDS, BOUND.slow],
  ] as const)('%s: in %d seconds of trying whenever it may, exactly %d guesses', (beyond, seconds, guesses) => {
    expect(new Trial(rules(beyond)).guessesUntil(seconds)).toBe(guesses);
  });

  it.each(['hold', 'slow'] as const)('%s: is not passed by one who pauses between guesses', (beyond) => {
    for (const pauseHours of [1, 2.4, 2.7, 12, 24, 25, 48, 73, 7 * 24, 31 * 24, 91 * 24, 181 * 24]) {
      const trial = new Trial(rules(beyond));
      let guesses = 0;
      for (let now = 0; now < YEAR_SECONDS; now = Math.max(now + pauseHours * HOUR_SECONDS, trial.opensAt)) {
        if (trial.fail(now)) guesses += 1;
      }
      expect(guesses).toBeLessThanOrEqual(BOUND[beyond]);
    }
  });

  /** Guesses in rounds of `burst` at once, each after `quiet` days of nothing, a number of times; then whenever it may. */
  function patient(beyond: BeyondRow, burst: number, quietDays: number, times: number, lateDays: number): number {
    const trial = new Trial(rules(beyond));
    let guesses = 0;
    let now = 0;
    for (let time = 0; time < times; time += 1, now = Math.max(now + quietDays * DAY_SECONDS, trial.opensAt)) {
      for (let each = 0; each < burst && now < YEAR_SECONDS; each += 1) if (trial.fail(now)) guesses += 1;
    }
    for (; now < YEAR_SECONDS; now = Math.max(now, trial.opensAt)) {
      const before = trial.state.inRow;
      while (trial.fail(now)) guesses += 1;
      // after a round some rest longer than they must, to begin with short locks again
      if (before < FAILURES_IN_A_ROW[beyond] && trial.state.inRow >= FAILURES_IN_A_ROW[beyond]) {
        now = Math.max(trial.opensAt, now) + lateDays * DAY_SECONDS;
      }
    }
    return guesses;
  }

  it.each(['hold', 'slow'] as const)('%s: is not passed by one who knows what is forgotten when', (beyond) => {
    let best = 0;
    for (const [burst, quietDays] of PATIENCE) {
      for (const times of full([0, 9, 53], [0, 1, 5, 9, 10, 53])) {
        for (const lateDays of [0, 8]) best = Math.max(best, patient(beyond, burst, quietDays, times, lateDays));
      }
    }
    expect(best).toBeLessThanOrEqual(BOUND[beyond]);
  });

  /** Rounds until the bucket is held, with lone guesses a week apart before each. */
  function inRounds(lonely: readonly number[]): number {
    const trial = new Trial(rules('hold'));
    let [guesses, now] = [0, 0];
    for (const lone of lonely) {
      for (let week = 0; week < lone; week += 1, now += 7 * DAY_SECONDS)
        if (now < YEAR_SECONDS && trial.fail(now)) guesses += 1;
      for (; trial.state.inRow < FAILURES_IN_A_ROW.void && now < YEAR_SECONDS; now = Math.max(now, trial.opensAt)) {
        while (trial.fail(now)) guesses += 1;
      }
      now = Math.max(now, trial.opensAt);
    }
    return guesses;
  }

  it('hold: is reached by who lets the doublings fall between the rounds, and passed by no such plan', () => {
    const counts = [0, 3, 4, 5];
    let best = 0;
    for (const second of counts) {
      for (const third of counts)
        for (const fourth of counts) best = Math.max(best, inRounds([0, second, third, fourth]));
    }
    expect(best).toBe(BOUND.hold);
  });

  it('a device or network is tried 100 times, however patiently, unless its owner signs in from there', () => {
    for (const [burst, quietDays] of [
      [1, 7],
      [2, 8],
      [9, 30],
      [99, 90],
      [99, 200],
    ] as const) {
      const trial = new Trial(rules('void'));
      let guesses = 0;
      for (let day = 0; day < 365 && !isVoid(trial.state, trial.policy); day += quietDays) {
        for (let each = 0; each < burst && !isVoid(trial.state, trial.policy); each += 1) {
          if (trial.fail(Math.max(day * DAY_SECONDS, trial.opensAt))) guesses += 1;
        }
      }
      expect(guesses).toBeLessThanOrEqual(100);
    }
  });
});

describe('the bound of a recovery by a code alone', () => {
  const weak = rules('pause', { attempts: 5, windowSeconds: HOUR_SECONDS, durationSeconds: HOUR_SECONDS });

  it.each([
    [DAY_SECONDS, 20],
    [YEAR_SECONDS, 1040],
  ])('in %d seconds of trying whenever it may, exactly %d guesses', (seconds, guesses) => {
    expect(new Trial(weak).guessesUntil(seconds)).toBe(guesses);
  });

  it('is not passed by one who pauses between guesses, or between bursts', () => {
    for (const burst of [1, 4, 5, 19]) {
      for (const pauseHours of [0.5, 1, 2, 24, 7 * 24 - 1, 7 * 24, 8 * 24]) {
        const trial = new Trial(weak);
        let guesses = 0;
        for (let now = 0; now < YEAR_SECONDS; now += pauseHours * HOUR_SECONDS) {
          for (let each = 0; each < burst; each += 1) {
            now = Math.max(now, trial.opensAt);
            if (now < YEAR_SECONDS && trial.fail(now)) guesses += 1;
          }
        }
        expect(guesses).toBeLessThanOrEqual(1040);
      }
    }
  });
});
