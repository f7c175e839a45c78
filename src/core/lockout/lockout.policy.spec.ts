import { at, rules, START, Trial } from '../../../test/support/lock-trial';
import { DAY_SECONDS, HOUR_SECONDS } from '../../kernel/clock';
import {
  cleared,
  EMPTY_HISTORY,
  FAILURES_IN_A_ROW,
  forgottenAt,
  isVoid,
  rested,
  stateOf,
  withoutFailure,
  type BeyondRow,
} from './lockout.policy';

describe('a bucket', () => {
  it('is locked by the tenth failure within a day, for ten minutes', () => {
    const trial = new Trial();
    trial.failTimes(9, 0);
    expect(trial.state.lockedUntil).toBeNull();
    trial.failTimes(1, DAY_SECONDS - 1);
    expect(trial.state).toEqual({ inRow: 10, lockedAt: at(DAY_SECONDS - 1), lockedUntil: at(DAY_SECONDS + 599) });
  });

  it('counts any ten within a day, wherever the day begins', () => {
    const trial = new Trial();
    trial.failTimes(5, 0);
    trial.failTimes(4, 20 * HOUR_SECONDS);
    trial.failTimes(5, DAY_SECONDS); // the first five have aged just enough
    expect(trial.state.lockedUntil).toBeNull();
    trial.failTimes(1, DAY_SECONDS + 1);
    expect(trial.state.lockedUntil).not.toBeNull();
  });

  it('refuses while it is locked, and what it refuses is no failure', () => {
    const trial = new Trial();
    trial.failTimes(10, 0);
    expect(trial.fail(1)).toBeNull();
    expect(trial.fail(599)).toBeNull();
    expect(trial.state.inRow).toBe(10);
    expect(trial.fail(600)).not.toBeNull();
  });

  it('is locked twice as long each time, up to a day', () => {
    const trial = new Trial(rules('void'));
    const minutes: number[] = [];
    for (let lock = 0; lock < 10; lock += 1) {
      trial.failTimes(10, trial.opensAt);
      minutes.push(trial.lockMinutes);
    }
    expect(minutes).toEqual([10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440]);
  });

  it('falls back one doubling with each quiet day after the end of its lock', () => {
    const trial = new Trial();
    for (let lock = 0; lock < 4; lock += 1) trial.failTimes(10, trial.opensAt);
    expect(trial.lockMinutes).toBe(80); // the next one would be of 160
    trial.failTimes(10, trial.opensAt + 2 * DAY_SECONDS);
    expect(trial.lockMinutes).toBe(40);
    trial.failTimes(10, trial.opensAt + DAY_SECONDS - 1);
    expect(trial.lockMinutes).toBe(80);
  });

  it('does not count a day as quiet in which anything failed', () => {
    const trial = new Trial();
    for (let lock = 0; lock < 4; lock += 1) trial.failTimes(10, trial.opensAt);
    const end = trial.opensAt;
    for (let half = 1; half <= 8; half += 1) trial.failTimes(1, end + half * 12 * HOUR_SECONDS);
    trial.failTimes(8, end + 4 * DAY_SECONDS);
    expect(trial.lockMinutes).toBe(160);
  });

  it('with other settings locks by those', () => {
    const trial = new Trial(rules('hold', { attempts: 3, windowSeconds: 60, durationSeconds: 30 }));
    trial.failTimes(2, 0);
    trial.failTimes(2, 60);
    expect(trial.state.lockedUntil).toBeNull();
    trial.failTimes(1, 61);
    expect(trial.opensAt).toBe(91);
  });
});

describe('where one code is all that is asked for', () => {
  const weak = rules('pause', { attempts: 5, windowSeconds: HOUR_SECONDS, durationSeconds: HOUR_SECONDS });

  it('five failures within an hour lock for an hour, each time', () => {
    const trial = new Trial(weak);
    const minutes: number[] = [];
    for (let lock = 0; lock < 3; lock += 1) {
      trial.failTimes(5, trial.opensAt);
      minutes.push(trial.lockMinutes);
    }
    expect(minutes).toEqual([60, 60, 60]);
  });

  it('the twentieth in a row locks for seven days, and then it is as new', () => {
    const trial = new Trial(weak);
    for (let lock = 0; lock < 4; lock += 1) trial.failTimes(5, trial.opensAt);
    expect([trial.state.inRow, trial.lockMinutes]).toEqual([20, 7 * 24 * 60]);
    const opensAt = trial.opensAt;
    expect(trial.fail(opensAt - 1)).toBeNull();
    trial.failTimes(5, opensAt);
    expect([trial.state.inRow, trial.lockMinutes]).toEqual([5, 60]);
  });

  it('who spreads them out has no more than twenty in seven days', () => {
    const trial = new Trial(weak);
    for (let failure = 0; failure < 20; failure += 1) trial.failTimes(1, failure * 2 * HOUR_SECONDS);
    expect(trial.lockMinutes).toBe(7 * 24 * 60);
    const patient = new Trial(weak);
    for (let failure = 0; failure < 19; failure += 1) patient.failTimes(1, failure * 6 * DAY_SECONDS);
    patient.failTimes(1, 19 * 6 * DAY_SECONDS);
    expect(patient.lockMinutes).toBe(7 * 24 * 60);
  });

  it('nobody known becomes a stranger by it', () => {
    const trial = new Trial(weak);
    for (let lock = 0; lock < 4; lock += 1) trial.failTimes(5, trial.opensAt);
    expect(isVoid(trial.state, weak)).toBe(false);
  });
});

describe('after 100 failures in a row', () => {
  function spent(beyond: BeyondRow): Trial {
    const trial = new Trial(rules(beyond));
    for (let lock = 0; lock < 10; lock += 1) trial.failTimes(10, trial.opensAt);
    expect(trial.state.inRow).toBe(FAILURES_IN_A_ROW[beyond]);
    return trial;
  }

  it('an address stays locked for 90 quiet days, and is as new after them', () => {
    const trial = spent('hold');
    expect(trial.lockMinutes).toBe(90 * 24 * 60);
    trial.failTimes(9, trial.opensAt);
    expect(trial.state).toEqual({ inRow: 9, lockedAt: null, lockedUntil: null });
    trial.failTimes(1, trial.opensAt + 90 * DAY_SECONDS + 5);
    trial.failTimes(9, 97 * DAY_SECONDS);
    expect(trial.lockMinutes).toBeLessThanOrEqual(24 * 60);
  });

  it('a name may be tried once a day, until it had 180 quiet days', () => {
    const trial = spent('slow');
    for (let day = 0; day < 400; day += 1) {
      expect(trial.lockMinutes).toBe(24 * 60);
      trial.failTimes(1, trial.opensAt);
    }
    expect(trial.history.failures.length).toBeLessThanOrEqual(256);
    trial.failTimes(9, trial.opensAt + 180 * DAY_SECONDS);
    expect(trial.state.lockedUntil).toBeNull();
  });

  it('a device or network is void', () => {
    const trial = spent('void');
    expect(isVoid(trial.state, trial.policy)).toBe(true);
    expect(
      isVoid(stateOf(withoutFailure(trial.history, trial.history.failures[0] ?? START), trial.policy), trial.policy),
    ).toBe(false);
  });

  it('failures without a lock come to the same', () => {
    const trial = new Trial();
    for (let failure = 0; failure < 100; failure += 1) trial.failTimes(1, failure * 3 * HOUR_SECONDS);
    expect(trial.state.inRow).toBe(100);
    expect(trial.lockMinutes).toBe(90 * 24 * 60);
  });
});

describe('an attempt that is given back', () => {
  it('leaves no trace, not of the lock it had brought either', () => {
    const trial = new Trial();
    trial.failTimes(10, 0);
    trial.failTimes(9, 700);
    const before = trial.state;
    const { history } = trial;
    const own = trial.fail(900);
    expect(trial.state.lockedUntil).not.toEqual(before.lockedUntil);
    expect(withoutFailure(trial.history, own ?? START)).toEqual(history);
    expect(stateOf(withoutFailure(trial.history, own ?? START), trial.policy)).toEqual(before);
  });

  it('among others at the same instant is one of them', () => {
    const trial = new Trial();
    trial.failTimes(10, 0);
    const left = withoutFailure(trial.history, at(0));
    expect(left.failures).toHaveLength(9);
    expect(stateOf(left, trial.policy).lockedUntil).toBeNull();
  });

  it('after its bucket was emptied changes nothing', () => {
    expect(withoutFailure(EMPTY_HISTORY, START)).toEqual(EMPTY_HISTORY);
  });
});

describe('a success of who is known', () => {
  it('clears the failures, while the doublings fall with quiet days only', () => {
    const trial = new Trial(rules('void'));
    for (let lock = 0; lock < 3; lock += 1) trial.failTimes(10, trial.opensAt);
    const end = trial.opensAt;
    trial.history = cleared(trial.history, trial.policy);
    expect(trial.state).toEqual({ inRow: 0, lockedAt: null, lockedUntil: null });
    trial.failTimes(10, end + DAY_SECONDS);
    expect(trial.lockMinutes).toBe(40);
  });
});

describe('a bucket is forgotten', () => {
  it.each([
    ['hold', 1, 7],
    ['hold', 2, 90],
    ['hold', 10, 90],
    ['slow', 1, 7],
    ['slow', 2, 180],
    ['void', 1, 365],
    ['void', 9, 365],
  ] as const)('%s, with %d failures, after %d quiet days', (beyond, failures, days) => {
    const trial = new Trial(rules(beyond));
    trial.failTimes(failures, 0);
    expect(forgottenAt(trial.history, trial.policy)).toEqual(at(days * DAY_SECONDS));
    expect(rested(trial.history, at(days * DAY_SECONDS - 1), trial.policy)).toEqual(trial.history);
    expect(rested(trial.history, at(days * DAY_SECONDS), trial.policy)).toEqual(EMPTY_HISTORY);
  });

  it('not before its doublings have fallen', () => {
    const trial = new Trial(rules('void'));
    for (let lock = 0; lock < 6; lock += 1) trial.failTimes(10, trial.opensAt);
    const end = trial.opensAt;
    trial.history = cleared(trial.history, trial.policy);
    expect(forgottenAt(trial.history, trial.policy)).toEqual(at(end + 6 * DAY_SECONDS));
  });
});
