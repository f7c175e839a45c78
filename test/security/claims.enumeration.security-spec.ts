import type { InjectOptions, Response } from 'light-my-request';
import { anAccount, aPerson, bearer, expectStatus, resetTicket, signIn, type Person } from '../support/accounts';
import { addressesInEveryState, addressStates, type AddressState } from '../support/address-states';
import { aClaimsPerson, claimsLogin, claimsProblemOf, claimsRegister } from '../support/claims';
import { startTestApp, type TestApp } from '../support/test-app';
import { WorkRecorder, type Work } from '../support/work-recorder';

type Named = Person & { readonly username: string };
type Request = (person: Named) => InjectOptions;
type State = Exclude<AddressState, 'unknown'>;

const states = addressStates.filter((state) => state !== 'unknown');
/** Where an account holds the address, so that a registration makes none. */
const held: readonly State[] = ['proved', 'disabled', 'unproved', 'unproved and in use', 'without a password'];

const post = (url: string, payload: object): InjectOptions => ({ method: 'POST', url: `/api/v1/${url}`, payload });

const requests: readonly [string, Request][] = [
  ['a sign-in', ({ email }) => post('login', { email, password: 'wrong' })],
  ['a sign-in with a code', ({ email }) => post('login', { email, password: 'wrong', totp_code: '123456' })],
  ['asking for a reset by both names', ({ email, username }) => post('password-reset', { email, username })],
  ['asking for a reset by another’s username', ({ email }) => post('password-reset', { email, username: 'somebody' })],
  [
    'asking for a reset by another’s address',
    ({ username }) => post('password-reset', { email: 'nobody@example.com', username }),
  ],
];

/** All that a caller gets to see, but for what is new in every answer. */
function seen({ statusCode, headers, body }: Response) {
  const { date: _date, ...rest } = headers;
  return { statusCode, headers: rest, body };
}

/** An account that was made and undone ends with another word than one that stays. */
const unfinished = ({ statements, hashes }: Work) => ({
  hashes,
  statements: statements.map((sql) => sql.replace(/^ROLLBACK TO/, 'RELEASE')),
});

async function start(environment: Record<string, string>) {
  const service = await startTestApp({ environment: { LOCKOUT_ATTEMPTS: '100', ...environment } });
  const inStates = await addressesInEveryState(service);
  const people = {} as Record<State, Named>;
  for (const state of states) {
    people[state] = { ...inStates[state], username: aClaimsPerson().username };
    const { email, username } = people[state];
    await service.database.dataSource.query(
      'UPDATE users SET username = $2, username_canonical = $2 WHERE email_canonical = $1',
      [email, username],
    );
  }
  const recorder = await WorkRecorder.attach(service);
  await recorder.record({ method: 'GET', url: '/healthz' });
  return { service, people, recorder };
}

describe.each<[string, Record<string, string>]>([
  ['as it comes', {}],
  ['with REQUIRE_VERIFIED_EMAIL=true', { REQUIRE_VERIFIED_EMAIL: 'true' }],
])('%s', (_what, environment) => {
  const isClosed = 'REQUIRE_VERIFIED_EMAIL' in environment;
  let service: TestApp;
  let people: Record<State, Named>;
  let recorder: WorkRecorder;
  beforeAll(async () => {
    ({ service, people, recorder } = await start(environment));
  });
  // what several attempts at one address come to is told apart in lockout.nothing-tells
  beforeEach(() => service.database.dataSource.query('TRUNCATE locks, mail_outbox'));
  afterAll(() => service.close());

  async function compare(request: Request, known: Named, unknown: Named) {
    const ofUnknown = await recorder.record(request(unknown));
    const ofKnown = await recorder.record(request(known));
    expect(ofUnknown.work.statements.length).toBeGreaterThan(0);
    expect(seen(ofKnown.answer)).toEqual(seen(ofUnknown.answer));
    return { known: ofKnown.work, unknown: ofUnknown.work };
  }

  describe.each(requests)('%s', (_request, request) => {
    it.each(states)('an address that is %s is as an unknown one', async (state) => {
      const work = await compare(request, people[state], aClaimsPerson());
      expect(work.known).toEqual(work.unknown);
    });
  });

  it('past the mails that an address may get, all is the same as within, and for all', async () => {
    const [known, unknown] = [people.proved, aClaimsPerson()];
    const request: Request = ({ email, username }) => post('password-reset', { email, username });
    const first = await recorder.record(request(aClaimsPerson()));
    for (let mails = 0; mails < 5; mails += 1) {
      for (const person of [known, unknown]) await service.inject(request(person));
    }
    const work = await compare(request, known, unknown);
    expect(work.known).toEqual(work.unknown);
    expect(seen((await recorder.record(request(known))).answer)).toEqual(seen(first.answer));
  });

  describe('registering', () => {
    const register: Request = ({ email }) =>
      post('register', { email, password: 'the stranger’s', username: aClaimsPerson().username });

    it.each(states)('an address that is %s is as an unknown one', async (state) => {
      const work = await compare(register, people[state], aClaimsPerson());
      expect(unfinished(work.known)).toEqual(unfinished(work.unknown));
      const { users, credentials, ...rest } = work.unknown.rows;
      const isMade = !isClosed && !held.includes(state);
      expect(work.known.rows).toEqual(isMade ? work.unknown.rows : rest);
      expect([users, credentials].filter((rows) => rows !== undefined)).toHaveLength(isClosed ? 0 : 2);
    });

    it('without a mail, the same', async () => {
      if (isClosed) return;
      const quiet: Request = (person) => ({ ...register(person), url: '/api/v1/register?sendEmail=false' });
      const work = await compare(quiet, people.proved, aClaimsPerson());
      expect(unfinished(work.known)).toEqual(unfinished(work.unknown));
      expect(Object.keys(work.known.rows)).toEqual(['audit_events', 'mail_outbox']);
    });

    it('a taken username is told the same for every address', async () => {
      const { username } = people.proved;
      const taken: Request = ({ email }) => post('register', { email, password: 'the stranger’s', username });
      for (const state of ['proved', 'unproved'] as const) {
        const work = await compare(taken, people[state], aClaimsPerson());
        expect(work.known).toEqual(work.unknown);
      }
    });
  });
});

describe('with REQUIRE_VERIFIED_EMAIL=true a sign-in after a registration tells nothing either', () => {
  let service: TestApp;
  let people: Record<State, Named>;
  let recorder: WorkRecorder;
  beforeAll(async () => {
    ({ service, people, recorder } = await start({ REQUIRE_VERIFIED_EMAIL: 'true' }));
  });
  afterAll(() => service.close());

  it.each(states)('of an address that is %s', async (state) => {
    const known = { ...people[state], password: 'the stranger’s' };
    const unknown = aClaimsPerson({ password: 'the stranger’s' });
    for (const { email, password } of [known, unknown]) {
      expectStatus(await claimsRegister(service, aClaimsPerson({ email, password })), 201);
    }
    for (const password of ['the stranger’s', 'anything else']) {
      const login = ({ email }: Person) => post('login', { email, password });
      const [ofKnown, ofUnknown] = [await recorder.record(login(known)), await recorder.record(login(unknown))];
      expect(seen(ofKnown.answer)).toEqual(seen(ofUnknown.answer));
      expect(ofKnown.answer.statusCode).toBe(password === 'anything else' ? 401 : 403);
      expect(ofKnown.work).toEqual(ofUnknown.work);
      expect(ofKnown.work.hashes).toHaveLength(2);
    }
  });
});

describe('whatever becomes of the address, who has registered it with another password sees no change', () => {
  const STRANGERS = 'the stranger’s';
  const stories: [string, boolean, (app: TestApp, owner: Person) => Promise<unknown>][] = [
    ['its owner does nothing', true, () => Promise.resolve()],
    [
      'its owner resets the password',
      true,
      async (app, owner) => {
        const body = { ticket: await resetTicket(app, owner), new_password: 'another password' };
        expectStatus(await app.post('/auth/change-password/change', body), 204);
      },
    ],
    [
      'its owner deletes the account',
      true,
      async (app, owner) => app.post('/auth/delete', undefined, bearer(await signIn(app, owner))),
    ],
    ['its owner registers and proves it', false, (app, owner) => anAccount(app, owner)],
  ];

  it.each(stories)('%s', async (_what, hasAccount, story) => {
    const app = await startTestApp({ environment: { REQUIRE_VERIFIED_EMAIL: 'true' } });
    const owner = hasAccount ? await anAccount(app) : aPerson();
    const stranger = aClaimsPerson({ email: owner.email, password: STRANGERS });
    expectStatus(await claimsRegister(app, stranger), 201);
    const answers = [await claimsLogin(app, stranger)];
    await app.mailsTo(owner.email);
    answers.push(await claimsLogin(app, stranger));
    await story(app, owner);
    answers.push(await claimsLogin(app, stranger));
    expect(answers.map(claimsProblemOf)).toEqual(Array(3).fill({ status: 403, code: 'not-activated' }));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    await app.close();
  });
});
