import { SchedulerRegistry } from '@nestjs/schedule';
import type { InjectOptions, Response } from 'light-my-request';
import { Jobs } from '../../src/platform/jobs/jobs.service';
import { aPerson, expectStatus, logIn, type Person } from '../support/accounts';
import { addressesInEveryState, addressStates } from '../support/address-states';
import { anOwner, BEHIND_PROXY, CAFE, from, lockOut, pressUnlock, unlockLinks } from '../support/lockout-way-back';
import { full } from '../support/full';
import { ownersMeanwhile, type MeanwhileOwner } from '../support/lockout-way-back-owners';
import { startTestApp, type TestApp } from '../support/test-app';
import { WorkRecorder } from '../support/work-recorder';

const DAY = 86_400;

type Request = (person: Person) => InjectOptions;

/** Whom strangers guess at, by what is to be told of them: nothing. */
type Names = Readonly<Record<string, Person>>;

let service: TestApp & { readonly dataDir: string };
beforeEach(async () => {
  service = await startTestApp({ environment: BEHIND_PROXY });
});
afterEach(() => service.close());

/** All that a caller gets to see, but for what is new in every answer. */
function seen({ statusCode, headers, body }: Response) {
  const { date: _date, ...rest } = headers;
  return { statusCode, headers: rest, body: body.replace(/urn:uuid:[0-9a-f-]{36}/, 'urn:uuid:…') };
}

const post = (ip: string, url: string, payload: object): InjectOptions => ({
  method: 'POST',
  url,
  headers: from(ip),
  payload,
});

/** What one name answered, and what it took where that was measured. */
interface Outcome {
  readonly name: string;
  readonly answer: Response;
  readonly outcome: object;
}

/** The same attempts at many names at once. After each the answers must be one and the same. */
class Onlooker {
  private attempts = 0;

  constructor(
    private readonly names: Names,
    private readonly control: Person,
    private readonly owners: readonly MeanwhileOwner[],
    private readonly recorder: WorkRecorder,
  ) {}

  /** What every name answers alike; where it is measured, what it took alike. */
  async send(what: string, request: Request, isMeasured = true): Promise<Response> {
    const [expected, ...others] = await (isMeasured ? this.measured(request) : this.atOnce(request));
    if (!expected) throw new Error('nobody was asked');
    const told = others
      .filter(({ outcome }) => JSON.stringify(outcome) !== JSON.stringify(expected.outcome))
      .map(({ name, outcome }) => ({ name, outcome }));
    expect({ what, told, expected: expected.outcome }).toEqual({ what, told: [], expected: expected.outcome });
    return expected.answer;
  }

  private async measured(request: Request): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const [name, person] of this.everybody) {
      const { answer, work } = await this.recorder.record(request(person));
      outcomes.push({ name, answer, outcome: { ...seen(answer), work } });
    }
    return outcomes;
  }

  private async atOnce(request: Request): Promise<Outcome[]> {
    const outcomes = this.everybody.map(async ([name, person]) => {
      const answer = await service.inject(request(person));
      return { name, answer, outcome: seen(answer) };
    });
    return Promise.all(outcomes);
  }

  /** The control first. */
  private get everybody(): (readonly [string, Person])[] {
    return [['nobody', this.control], ...Object.entries(this.names)];
  }

  /** Wrong passwords, from a new address each time. */
  async fail(times: number, login: Request, reported?: Request): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      this.attempts += 1;
      const what = `attempt ${String(this.attempts)}`;
      // the first, one after the owners have lived, a report, and the one that locks; all in the full run
      const isMeasured = full(this.isLookedAt && [0, 1, 5, 7].includes(this.attempts % 10), true);
      if (reported && this.attempts % 10 === 7) await this.send(what, reported, isMeasured);
      else expectStatus(await this.send(what, login, isMeasured), 401);
    }
  }

  /** Ten wrong ones, the lock they bring, and its end, the owners living on all the while. */
  async throughALock(login: Request, others: Readonly<Record<string, Request>>): Promise<void> {
    await this.fail(4, login, others['a report']);
    await this.liveOn();
    await this.fail(6, login, others['a report']);
    const refused = expectStatus(await this.send('a refused attempt', login), 429);
    await this.liveOn();
    if (this.isLookedAt) {
      for (const [what, request] of Object.entries(others)) await this.send(`${what} while locked`, request);
    }
    const seconds = Number(refused.headers['retry-after']);
    service.clock.advanceSeconds(seconds - 1);
    expectStatus(await this.send('an attempt at the end of the lock', login), 429);
    service.clock.advanceSeconds(1);
  }

  /** The first lock and the last one; all in the full run. */
  private get isLookedAt(): boolean {
    return full(this.attempts <= 10 || this.attempts > 90, true);
  }

  /** Locks are told of, owners do what they do. */
  private async liveOn(): Promise<void> {
    if (!this.isLookedAt) return;
    await service.app.get(Jobs, { strict: false }).runNow('tell-of-locks');
    for (const owner of this.owners) await owner.live();
  }
}

async function onlookerAt(names: Names, control: Person, owners: readonly MeanwhileOwner[]): Promise<Onlooker> {
  // what the service does by the clock on the wall is nobody's doing, and would be counted as somebody's
  const scheduler = service.app.get(SchedulerRegistry, { strict: false });
  for (const name of scheduler.getIntervals()) scheduler.deleteInterval(name);
  for (const name of scheduler.getTimeouts()) scheduler.deleteTimeout(name);
  return new Onlooker(names, control, owners, await WorkRecorder.attach(service));
}

function peopleOf(owners: Readonly<Record<string, MeanwhileOwner>>): Names {
  return Object.fromEntries(Object.entries(owners).map(([name, { person }]) => [name, person]));
}

let stranger = 0;
const anywhere = () => `198.51.100.${String((stranger += 1) % 250)}`;
const loginByAddress: Request = ({ email }) => post(anywhere(), '/auth/login', { email, password: 'a wrong one' });

it('addresses answer alike before, during and after locks, whoever has them and whatever he does', async () => {
  const states = await addressesInEveryState(service);
  const all = Object.entries(await ownersMeanwhile(service));
  const owners = Object.fromEntries(all.filter((_, index) => full(index % 2 === 0, true)));
  const names = { ...Object.fromEntries(addressStates.map((state) => [state, states[state]])), ...peopleOf(owners) };
  const onlooker = await onlookerAt(names, aPerson(), Object.values(owners));
  const others: Record<string, Request> = {
    'a report': ({ email }) => post(anywhere(), '/api/auth/report-failed', { email }),
    'a request for an unlock link': ({ email }) => post(anywhere(), '/auth/unlock/request', { email }),
    'a request for a reset': ({ email }) => post(anywhere(), '/auth/change-password/request', { email }),
  };
  for (let locks = 0; locks < 9; locks += 1) await onlooker.throughALock(loginByAddress, others);
  await onlooker.fail(10, loginByAddress, others['a report']);
  const held = expectStatus(await onlooker.send('an attempt after a hundred', loginByAddress), 429);
  expect(held.headers['retry-after']).toBe(String(90 * DAY));
  for (const [what, request] of Object.entries(others)) await onlooker.send(`${what} after a hundred`, request);
  service.clock.advanceSeconds(90 * DAY - 1);
  expectStatus(await onlooker.send('an attempt after ninety days', loginByAddress), 429);
  service.clock.advanceSeconds(1);
  await onlooker.fail(10, loginByAddress, others['a report']);
  expectStatus(await onlooker.send('an attempt at the first lock of a new row', loginByAddress), 429);
}, 300_000);

it('usernames answer alike before, during and after locks, taken or free', async () => {
  const owners = await ownersMeanwhile(service, (index) => ({ username: `taken-${String(index)}` }));
  const all = Object.entries(owners).filter(([, { person }]) => person.username !== undefined);
  const named = Object.fromEntries(all.filter((_, index) => full(index % 3 === 2, true)));
  const free = aPerson({ username: 'nobody-has-this' });
  const names = { ...peopleOf(named), free: aPerson({ username: 'free' }) };
  const onlooker = await onlookerAt(names, free, Object.values(named));
  const login: Request = ({ username }) => post(anywhere(), '/auth/login', { username, password: 'a wrong one' });
  for (let locks = 0; locks < 9; locks += 1) await onlooker.throughALock(login, {});
  await onlooker.fail(10, login);
  for (let days = 0; days < 3; days += 1) {
    const slowed = expectStatus(await onlooker.send('an attempt after a hundred', login), 429);
    expect(slowed.headers['retry-after']).toBe(String(DAY));
    service.clock.advanceSeconds(DAY);
    await onlooker.fail(1, login);
  }
}, 300_000);

it('only an admin’s lift tells, since it opens what he was told of and nothing else', async () => {
  await service.close();
  service = await startTestApp({ environment: { ...BEHIND_PROXY, ADMIN_EMAILS: 'admin@example.com' } });
  const [owner, nobody] = [await anOwner(service), aPerson()];
  for (const person of [owner, nobody]) await lockOut(service, person);
  const [token = ''] = await unlockLinks(service, { email: 'admin@example.com' });
  expectStatus(await pressUnlock(service, token, from(CAFE)), 200);
  const tried = async (person: Person) => (await logIn(service, { ...person, password: 'x' }, from(CAFE))).statusCode;
  expect([await tried(owner), await tried(nobody)]).toEqual([401, 429]);
});
