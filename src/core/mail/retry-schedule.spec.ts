import { addSeconds, DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS } from '../../kernel/clock';
import type { MailFailureKind } from './mail-transport.error';
import { nextAttemptAt } from './retry-schedule';

const created = new Date('2026-01-15T12:00:00.000Z');

/** The ages, in seconds, at which a mail is tried whose every attempt fails at once. */
function attempts(kind: MailFailureKind): number[] {
  const ages: number[] = [];
  for (let now: Date | null = created; now !== null; now = nextAttemptAt(kind, created, now)) {
    ages.push((now.getTime() - created.getTime()) / 1000);
  }
  return ages;
}

describe('the retry schedule', () => {
  it.each(['outage', 'deferred', 'refused'] as const)('tries a mail (%s) until it is exactly 3 days old', (kind) => {
    expect(attempts(kind).at(-1)).toBe(3 * DAY_SECONDS);
  });

  it('never waits longer than a minute while the server is down', () => {
    const ages = attempts('outage');
    expect(ages[1]).toBe(5);
    const gaps = ages.slice(1).map((age, index) => age - (ages[index] ?? 0));
    expect(Math.round(Math.max(...gaps))).toBe(MINUTE_SECONDS);
  });

  it('gets past greylisting within a quarter of an hour, and is no nuisance afterwards', () => {
    const ages = attempts('deferred');
    expect(ages.filter((age) => age > 300 && age <= 900).length).toBeGreaterThan(0);
    expect(ages.length).toBeLessThan(320);
  });

  it('hardly repeats what was refused for good', () => {
    const ages = attempts('refused');
    expect(ages[1]).toBe(HOUR_SECONDS);
    expect(ages.length).toBeLessThan(10);
  });

  it('gives up at once where no attempt can help', () => {
    expect(nextAttemptAt('unusable', created, created)).toBeNull();
  });

  it('gives up after the first attempt at a mail that waited for days while nothing ran', () => {
    expect(nextAttemptAt('outage', created, addSeconds(created, 10 * DAY_SECONDS))).toBeNull();
  });
});
