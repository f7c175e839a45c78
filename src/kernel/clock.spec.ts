import { addSeconds, Clock } from './clock';

class StoppedClock extends Clock {
  constructor(private readonly instant: string) {
    super();
  }

  override now(): Date {
    return new Date(this.instant);
  }
}

describe('Clock', () => {
  it.each([
    ['1970-01-01T00:00:00.000Z', 0],
    ['2026-01-15T12:00:00.000Z', 1_768_478_400],
    ['2026-01-15T12:00:00.999Z', 1_768_478_400],
  ])('says of %s the whole seconds %d, rounded down, so that no token is from the future', (instant, seconds) => {
    expect(new StoppedClock(instant).epochSeconds()).toBe(seconds);
  });
});

describe('addSeconds', () => {
  it('goes both ways, and leaves the instant it was given alone', () => {
    const instant = new Date('2026-01-15T12:00:00.250Z');
    expect(addSeconds(instant, 90).toISOString()).toBe('2026-01-15T12:01:30.250Z');
    expect(addSeconds(instant, -0.25).toISOString()).toBe('2026-01-15T12:00:00.000Z');
    expect(instant.toISOString()).toBe('2026-01-15T12:00:00.250Z');
  });
});
