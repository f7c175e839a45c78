import { addSeconds, DAY_SECONDS } from '../../kernel/clock';
import { SigningKeySchedule, type RotationRules, type ScheduledKey } from './signing-key-schedule.policy';

const START = new Date('2026-01-01T00:00:00Z');

function at(seconds: number): Date {
  return addSeconds(START, seconds);
}

function key(kid: string, signsFromSeconds: number, algorithm: ScheduledKey['algorithm'] = 'ES256'): ScheduledKey {
  return { kid, algorithm, signsFrom: at(signsFromSeconds) };
}

function schedule(changed: Partial<RotationRules> = {}): SigningKeySchedule {
  return new SigningKeySchedule({
    algorithm: 'ES256',
    leadSeconds: 100,
    rotationSeconds: 1000,
    longestAccessSeconds: 3600,
    ...changed,
  });
}

describe('the schedule of signing keys', () => {
  it('lets the newest key sign whose time has come, in whatever order rows are read', () => {
    const keys = [key('c', 2000), key('a', 0), key('b', 1000)];
    expect(schedule().current(keys, at(999))?.kid).toBe('a');
    expect(schedule().current(keys, at(1000))?.kid).toBe('b');
    expect(schedule().next(keys, at(1000))?.kid).toBe('c');
    expect(schedule().next(keys, at(2000))).toBeNull();
  });

  it('lets the first key sign for a process whose clock is a moment behind the one that made it', () => {
    expect(schedule().current([key('a', 0)], at(-1))?.kid).toBe('a');
  });

  it('has every process choose the same of two keys of one instant', () => {
    const keys = [key('a', 0), key('b', 0)];
    expect(schedule().current(keys, at(1))).toEqual(schedule().current(keys.toReversed(), at(1)));
  });

  it('wants the first key at once, and signing at once', () => {
    expect(schedule().isNextDue([], at(0))).toBe(true);
    expect(schedule().nextSignsFrom([], at(0))).toEqual(at(0));
  });

  it('wants the next key published early enough for the current one to sign no longer than its time', () => {
    const keys = [key('a', 0)];
    expect(schedule().isNextDue(keys, at(899))).toBe(false);
    expect(schedule().isNextDue(keys, at(900))).toBe(true);
    expect(schedule().nextSignsFrom(keys, at(900))).toEqual(at(1000));
  });

  it('wants one next key at a time', () => {
    expect(schedule().isNextDue([key('a', 0), key('b', 1000)], at(950))).toBe(false);
  });

  it('wants a next key when the algorithm was changed', () => {
    expect(schedule({ algorithm: 'RS256' }).isNextDue([key('a', 0)], at(1))).toBe(true);
    expect(schedule({ algorithm: 'RS256' }).isNextDue([key('a', 0), key('b', 50, 'RS256')], at(1))).toBe(false);
  });

  it('lets a former key go when its last access token and the slack are over', () => {
    const keys = [key('a', 0), key('b', 1000), key('c', 2000)];
    expect(schedule().retired(keys, at(1000 + 3600 + 119))).toEqual([]);
    expect(
      schedule()
        .retired(keys, at(1000 + 3600 + 120))
        .map(({ kid }) => kid),
    ).toEqual(['a']);
    expect(
      schedule()
        .retired(keys, at(1e9))
        .map(({ kid }) => kid),
    ).toEqual(['a', 'b']);
  });

  it.each([
    [DAY_SECONDS, 300],
    [600, 300],
    [599, 299],
    [40, 20],
    [2, 1],
  ])('lets others cache the set for half the lead of %i s, %i s', (leadSeconds, maxAgeSeconds) => {
    expect(schedule({ leadSeconds }).jwksMaxAgeSeconds).toBe(maxAgeSeconds);
  });
});
