import { Jobs } from '../../src/platform/jobs/jobs.service';
import { addSeconds, DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS } from '../../src/kernel/clock';
import { anAccount } from '../support/accounts';
import { Botnet } from '../support/botnet';
import { MailArchive, tellOfLocks } from '../support/lockout-mails';
import { full } from '../support/full';
import { BesiegedOwner } from '../support/lockout-owner';
import { startTestApp, type TestApp } from '../support/test-app';

/** Long enough for a name to be held, for 90 quiet days, and to open again; the whole year with FULL=1. */
const DAYS = full(100, 365);
const BOTNET_SIZE = full(3_000, 10_000);
const ADMIN = 'admin@example.com';

/**
 * Worked out by hand from the defaults. A row of 100 failures has ten locks, of 10, 20, 40, 80, 160, 320, 640, 1280 and
 * 1440 minutes and the one that ends it: it takes 3990 minutes, and 80 of its failures fall into the first day.
 * The address is then held for 90 quiet days: four rows begin in a year, two in 100 days. The username is open once a
 * day: after the 100 of the first 2.77 days, 362 more in a year, and 97 in 100 days.
 */
const ROWS = full(2, 4);
const DAILY = full(97, 362);
const ADDRESS = { guesses: ROWS * 100, locks: ROWS * 10 };
const USERNAME = { guesses: 100 + DAILY, locks: 10 + DAILY };
const BOUND = ADDRESS.guesses + USERNAME.guesses;
const BOUND_OF_DAY = 80 + 80;
const LOCKS = ADDRESS.locks + USERNAME.locks;

/** What runs by itself, as often as a day is enough for. */
const DAILY_JOBS = ['purge-locks', 'purge-devices', 'purge-sessions', 'purge-revocations', 'purge-tickets'];
const MAIL_JOBS = ['purge-mail-outbox', 'purge-development-mails'];

describe(`${DAYS} days under guesses`, () => {
  let service: TestApp;
  let botnet: Botnet;
  let owner: BesiegedOwner;
  let mails: { readonly owner: MailArchive; readonly admin: MailArchive };

  beforeAll(
    async () => {
      service = await startTestApp({ environment: { TRUST_PROXY: '1', ADMIN_EMAILS: ADMIN } });
      const username = 'the-one-they-want';
      const person = { ...(await anAccount(service, { username })), username };
      owner = new BesiegedOwner(service, person);
      await owner.settleIn();
      botnet = new Botnet(service, BOTNET_SIZE, [{ email: person.email }, { username }]);
      mails = { owner: new MailArchive(service, person.email), admin: new MailArchive(service, ADMIN) };
      await live();
    },
    full(600_000, 1_800_000),
  );
  afterAll(() => service.close());

  /** Lets the year pass from one thing that happens to the next. */
  async function live(): Promise<void> {
    const start = service.clock.now();
    const end = addSeconds(start, DAYS * DAY_SECONDS);
    let day = 0;
    let digestAt = end;
    for (;;) {
      // at an hour that moves through the day, as the locks do
      const ownerAt = addSeconds(start, day * DAY_SECONDS + ((day * 7) % 24) * HOUR_SECONDS + 30 * MINUTE_SECONDS);
      const next = new Date(Math.min(...[botnet.wakesAt, ownerAt, digestAt].map((at) => at.getTime())));
      if (next >= end) return;
      service.clock.set(next);
      if (next >= ownerAt) {
        await owner.signInOfDay(day);
        await tidyUp();
        day += 1;
      }
      if ((await botnet.strike()) > 0) digestAt = addSeconds(next, 15 * MINUTE_SECONDS);
      else if (next >= digestAt) digestAt = end;
      await tellOfLocks(service);
      await mails.owner.collect();
      await mails.admin.collect();
    }
  }

  async function tidyUp(): Promise<void> {
    const jobs = service.app.get(Jobs, { strict: false });
    for (const name of [...DAILY_JOBS, ...MAIL_JOBS]) await jobs.runNow(name);
  }

  const locksOfStrangers = async (): Promise<number> => {
    const [row] = await service.database.dataSource.query<{ count: number }[]>(
      `SELECT count(*)::int FROM audit_events WHERE event = 'locked' AND facts ->> 'standing' = 'stranger'`,
    );
    return row?.count ?? 0;
  };

  it('the botnet used all of its addresses', () => {
    expect(botnet.addressesUsed).toBe(BOTNET_SIZE);
  });

  it('the botnet gets as many guesses as is published, and no more', () => {
    expect(botnet.guesses.length).toBeLessThanOrEqual(BOUND);
    expect(botnet.guesses.length).toBeGreaterThanOrEqual(0.9 * BOUND);
  });

  it('the botnet gets no more guesses in any 24 hours than is published', () => {
    expect(botnet.mostWithin(DAY_SECONDS)).toBeLessThanOrEqual(BOUND_OF_DAY);
    expect(botnet.mostWithin(DAY_SECONDS)).toBeGreaterThanOrEqual(0.9 * BOUND_OF_DAY);
  });

  it('the owner gets in every day, from the known device, the known network and by link from any other place', () => {
    expect(owner.refusals).toEqual([]);
    const { device, network, link, plain } = owner.signIns;
    expect([device, network, link + plain]).toEqual(full([34, 33, 33], [122, 122, 121]));
    expect(link).toBeGreaterThan(full(27, 100));
  });

  it('the owner is mailed once a lock at most, and otherwise only what was asked for', async () => {
    const locks = await locksOfStrangers();
    expect(locks).toBeLessThanOrEqual(LOCKS);
    const told = mails.owner.about(/^Too many wrong passwords/);
    expect(told.length).toBeLessThanOrEqual(locks);
    expect(told.length).toBeGreaterThan(0.9 * locks);
    expect(mails.owner.about(/^Sign in to your locked account/)).toHaveLength(owner.signIns.link);
  });

  it('admins are mailed once a lock at most, and four times an hour at most', async () => {
    const told = mails.admin.about(/./);
    expect(told.length).toBeLessThanOrEqual(await locksOfStrangers());
    expect(told.length).toBeGreaterThan(0);
    for (const { sentAt } of told) {
      const hour = told.filter((mail) => mail.sentAt >= sentAt && mail.sentAt < addSeconds(sentAt, HOUR_SECONDS));
      expect(hour.length).toBeLessThanOrEqual(4);
    }
  });
});
