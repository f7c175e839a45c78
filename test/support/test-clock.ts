import { Clock } from '../../src/kernel/clock';

/** A clock that stands still until a test moves it. */
export class TestClock extends Clock {
  private instant: Date;

  constructor(start = new Date('2026-01-15T12:00:00.000Z')) {
    super();
    this.instant = start;
  }

  override now(): Date {
    return new Date(this.instant);
  }

  set(instant: Date): void {
    this.instant = new Date(instant);
  }

  advanceSeconds(seconds: number): void {
    this.set(new Date(this.instant.getTime() + seconds * 1000));
  }
}
