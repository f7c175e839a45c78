import type { Response } from 'light-my-request';
import { Client } from 'pg';
import { aPerson, anAccount, bearer, newestTicket, register, signIn } from '../support/accounts';
import { Enroller, type EnrolmentStep } from '../support/enrolment-story';
import { eventually } from '../support/eventually';
import { startTestApp, type TestApp } from '../support/test-app';
import { atOnce, startTwoProcesses, tally, type TwoProcesses } from '../support/two-processes';
import { anIdentifier, aVaultPerson, enrolAndProve, patch, type VaultPerson } from '../support/vault';

let service: TwoProcesses;
let automatic: TestApp;
let holder: Client;
beforeAll(async () => {
  service = await startTwoProcesses();
  const { database, clock, dataDir } = service.both[0];
  automatic = await startTestApp({ database, clock, dataDir, environment: { AUTO_ACTIVATE: 'true' } });
  holder = new Client({ connectionString: database.url });
  await holder.connect();
});
afterAll(async () => {
  await holder.end();
  await automatic.close();
  await service.close();
});

const VERIFIER = 'verifier of the enrolment';

/** Ways to a username that another has wanted by an enrolment, ready to be gone, and what they answer. */
interface Way {
  readonly ready: (username: string) => Promise<() => Promise<Response>>;
  readonly given: number;
  /** An activation has no other way to say it: the account goes without. */
  readonly refused: number;
}

const rename = (app: TestApp, access: string, username: string) =>
  app.inject({ method: 'PATCH', url: '/user/me', headers: bearer({ access }), payload: { username } });

const ways: Record<string, Way> = {
  'somebody renames his account': {
    ready: async (username) => {
      const { access } = await signIn(service.both[0], await anAccount(service.both[0]));
      return () => rename(service.next(), access, username);
    },
    given: 200,
    refused: 409,
  },
  'somebody signs up at once': {
    ready: (username) => Promise.resolve(() => automatic.post('/auth/register', aPerson({ username }))),
    given: 204,
    refused: 409,
  },
  'somebody activates a registration': {
    ready: async (username) => {
      const person = aPerson({ username });
      await register(service.both[0], person);
      const ticket = await newestTicket(service.both[0], person, 'activate');
      return () => service.next().post('/auth/activate', { ticket });
    },
    given: 204,
    refused: 204,
  },
};

async function holdersOf(username: string): Promise<string[]> {
  const { rows } = await holder.query<{ email: string }>('SELECT email FROM users WHERE username_canonical = $1', [
    username,
  ]);
  return rows.map(({ email }) => email);
}

const EVENTS: readonly (EnrolmentStep | 'the other')[] = ['begins', 'proves', 'finishes'];
const positions = [0, 1, 2, 3].map((at) => [...EVENTS.slice(0, at), 'the other' as const, ...EVENTS.slice(at)]);

describe.each(Object.entries(ways))(
  'a username that an enrolment wants, and %s, is whose proof was first',
  (_what, way) => {
    it.each(positions.map((order) => [order.join(', '), order] as const))('%s', async (_order, order) => {
      const person = aVaultPerson();
      const enroller = new Enroller(person, VERIFIER, service.both[0]);
      const other = await way.ready(person.username);
      let status = 0;
      for (const event of order) {
        if (event === 'the other') status = (await other()).statusCode;
        else await enroller.take(event, service.next());
      }
      const isKept = order.indexOf('the other') > order.indexOf('proves');
      expect(status).toBe(isKept ? way.refused : way.given);
      expect((await holdersOf(person.username)).map((email) => email === person.email)).toEqual([isKept]);
      if (isKept) expect(enroller.statuses).toEqual({ begins: 200, proves: 200, finishes: 200 });
      // who comes when the account is there is told at once
      else if (order[0] === 'the other') expect(enroller.statuses.begins).toBe(409);
      else expect(enroller.statuses).toEqual({ begins: 200, proves: 200, finishes: 409 });
    });

    it.each([
      ['proves', 'before'],
      ['proves', 'after'],
      ['finishes', 'before'],
      ['finishes', 'after'],
    ] as const)('when both wait for it at once: the enrolment %s, %s the other', async (step, when) => {
      const person = aVaultPerson();
      const enroller = new Enroller(person, VERIFIER, service.both[0]);
      const other = await way.ready(person.username);
      await enroller.take('begins', service.both[0]);
      if (step === 'finishes') await enroller.take('proves', service.both[0]);
      let status = 0;
      const steps = () => enroller.take(step, service.next());
      const goesOn = async () => (status = (await other()).statusCode);
      await inTurn(person, when === 'before' ? [steps, goesOn] : [goesOn, steps]);
      if (step === 'proves') await enroller.take('finishes', service.next());
      const isKept = step === 'finishes' || when === 'before';
      expect(status).toBe(isKept ? way.refused : way.given);
      expect(enroller.statuses).toEqual({ begins: 200, proves: 200, finishes: isKept ? 200 : 409 });
      expect((await holdersOf(person.username)).map((email) => email === person.email)).toEqual([isKept]);
    });
  },
);

/** Lets requests come to a username's lock one after the other, while it is held, and opens it then. */
async function inTurn({ username }: VaultPerson, requests: readonly (() => Promise<unknown>)[]): Promise<void> {
  await holder.query('BEGIN');
  await holder.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`wanted-username:${username}`]);
  const answers: Promise<unknown>[] = [];
  try {
    for (const request of requests) {
      answers.push(request());
      await eventually(async () => {
        const { rows } = await holder.query(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        expect(rows).toHaveLength(answers.length);
      });
    }
  } finally {
    await holder.query('COMMIT');
    await Promise.all(answers);
  }
}

it('who holds the address unproved gets none of it by asking for the name of its enrolment at its last step', async () => {
  const [first] = service.both;
  for (let round = 0; round < 8; round += 1) {
    const person = aVaultPerson();
    const cookies = await enrolAndProve(first, person);
    const stranger = aPerson({ email: person.email });
    await register(automatic, stranger);
    const { access } = await signIn(automatic, stranger);
    const [done, renamed] = await Promise.all([
      patch(service.next(), '/api/auth/verif/identifier', anIdentifier(), cookies),
      atOnce(3, () => rename(service.next(), access, person.username)),
    ]);
    expect(done.statusCode).toBe(200);
    const { 401: ended = 0, 409: taken = 0 } = tally(renamed.map(({ statusCode }) => statusCode));
    expect(ended + taken).toBe(3);
    expect(await holdersOf(person.username)).toEqual([person.email]);
  }
});

it('of 10 accounts renamed to one name at once, while two prove enrolments for it, one has it in the end', async () => {
  const [first] = service.both;
  const username = 'popular-name';
  const people = [aVaultPerson({ username }), aVaultPerson({ username })];
  const enrollers = people.map((person) => new Enroller(person, VERIFIER, first));
  for (const enroller of enrollers) await enroller.take('begins', first);
  const renamers = [];
  for (let index = 0; index < 10; index += 1)
    renamers.push(await ways['somebody renames his account']!.ready(username));
  const [, ...renamed] = await Promise.all([
    Promise.all(
      enrollers.map(async (enroller) => {
        await enroller.take('proves', service.next());
        await enroller.take('finishes', service.next());
      }),
    ),
    ...renamers.map((each) => each()),
  ]);
  const finished = enrollers.map(({ statuses }) => statuses.finishes);
  const all = tally([...renamed.map(({ statusCode }) => statusCode), ...finished.map((status) => status ?? 0)]);
  expect(all).toEqual({ 200: 1, 409: 11 });
  expect(await holdersOf(username)).toHaveLength(1);
});

it('an account may write its own name otherwise while an enrolment keeps it, and any name once that has let it go', async () => {
  const [first] = service.both;
  const person = aVaultPerson();
  const enroller = new Enroller(person, VERIFIER, first);
  await enroller.take('begins', first);
  const own = await signIn(first, await anAccount(first, { username: person.username }));
  await enroller.take('proves', first);
  expect((await rename(first, own.access, person.username.toUpperCase())).statusCode).toBe(200);

  const kept = aVaultPerson();
  await enrolAndProve(first, kept);
  expect((await rename(first, own.access, kept.username)).statusCode).toBe(409);
  first.clock.advanceSeconds(15 * 60);
  const later = await signIn(first, await anAccount(first));
  expect((await rename(first, later.access, kept.username)).statusCode).toBe(200);
});
