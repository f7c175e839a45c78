import type { InjectOptions, Response } from 'light-my-request';
import { aPerson, anAccount, bearer, logIn, signIn, type Person, type Tokens } from '../support/accounts';
import { addressesInEveryState, addressStates, type AddressState } from '../support/address-states';
import { startTestApp, type TestApp } from '../support/test-app';
import { WorkRecorder } from '../support/work-recorder';

type Request = (person: Person) => InjectOptions;

const json = (url: string, payload: object, headers = {}): InjectOptions => ({ method: 'POST', url, headers, payload });

const anonymousRequests: readonly [string, Request][] = [
  ['registering', ({ email }) => json('/auth/register', { email, password: 'a third password' })],
  [
    'registering with a username',
    ({ email }) => json('/auth/register', { email, password: 'another one', username: 'fresh' }),
  ],
  ['signing in with a wrong password', ({ email }) => json('/auth/login', { email, password: 'wrong' })],
  ['signing in without a cookie', ({ email }) => json('/auth/login', { email, password: 'wrong', cookie: false })],
  ['asking for another activation mail', ({ email }) => json('/auth/activate/request', { email })],
  ['asking for a reset', ({ email }) => json('/auth/change-password/request', { email })],
];

/** All that a caller gets to see, but for what is new in every answer. */
function seen({ statusCode, headers, body }: Response) {
  const { date: _date, ...rest } = headers;
  return { statusCode, headers: rest, body: body.replace(/urn:uuid:[0-9a-f-]{36}/, 'urn:uuid:…') };
}

describe.each<[string, Record<string, string>]>([
  ['as it comes', {}],
  ['with REQUIRE_VERIFIED_EMAIL=true', { REQUIRE_VERIFIED_EMAIL: 'true' }],
  ['with network budgets', { THROTTLE_LIMIT: '1000', THROTTLE_FAILURES: '1000' }],
])('%s', (_what, environment) => {
  let service: TestApp & { readonly dataDir: string };
  let people: Record<AddressState, Person>;
  let recorder: WorkRecorder;
  let somebody: Tokens;
  const requests: readonly [string, Request][] = [
    ...anonymousRequests,
    [
      'asking for it as one’s own new address',
      ({ email }) => json('/auth/change-email/request', { new_email: email }, bearer(somebody)),
    ],
  ];

  beforeAll(async () => {
    service = await startTestApp({ environment: { LOCKOUT_ATTEMPTS: '100', ...environment } });
    people = await addressesInEveryState(service);
    somebody = await signIn(service, await anAccount(service));
    recorder = await WorkRecorder.attach(service);
    await recorder.record({ method: 'GET', url: '/healthz' });
  });
  // what several attempts at one address come to, locked or not, is told apart in lockout.nothing-tells
  beforeEach(() => service.database.dataSource.query('DELETE FROM locks'));
  afterAll(() => service.close());

  describe.each(requests)('%s', (_request, request) => {
    // the first request of a network to a route opens its budget, whoever it is about
    beforeAll(() => recorder.record(request(aPerson())));

    it.each(addressStates.filter((state) => state !== 'unknown'))(
      'an address that is %s is as an unknown one',
      async (state) => {
        const unknown = await recorder.record(request(aPerson()));
        const known = await recorder.record(request(people[state]));
        expect(unknown.work.statements.length).toBeGreaterThan(1);
        expect(withoutBudgets(known.answer)).toEqual(withoutBudgets(unknown.answer));
        expect(known.work).toEqual(unknown.work);
      },
    );
  });

  it.each(addressStates)('a known device of somebody else tells nothing of an address that is %s', async (state) => {
    const headers = { 'x-device-token': somebody.device };
    const request: Request = ({ email }) => json('/auth/login', { email, password: 'wrong' }, headers);
    const [unknown, known] = [await recorder.record(request(aPerson())), await recorder.record(request(people[state]))];
    expect(withoutBudgets(known.answer)).toEqual(withoutBudgets(unknown.answer));
    expect(known.work).toEqual(unknown.work);
  });

  it('a pending registration is not told by its own password', async () => {
    const { email, password } = people.pending;
    const [unknown, pending] = [
      await recorder.record(json('/auth/login', { email: aPerson().email, password })),
      await recorder.record(json('/auth/login', { email, password })),
    ];
    expect(withoutBudgets(pending.answer)).toEqual(withoutBudgets(unknown.answer));
    expect(pending.work).toEqual(unknown.work);
  });

  it('an unknown username is as a known one', async () => {
    const login = (username: string) => json('/auth/login', { username, password: 'wrong' });
    await service.database.dataSource.query(
      `UPDATE users SET username = 'Kim', username_canonical = 'kim' WHERE email = $1`,
      [people.proved.email],
    );
    const [unknown, known] = [await recorder.record(login('nobody')), await recorder.record(login('kim'))];
    expect(withoutBudgets(known.answer)).toEqual(withoutBudgets(unknown.answer));
    expect(known.work).toEqual(unknown.work);
  });

  it('past the mails that an address may get, all is the same as within, and for all', async () => {
    const [known, unknown] = [people.proved, aPerson()];
    for (const [, request] of requests) {
      const first = await recorder.record(request(aPerson()));
      for (let mails = 0; mails < 5; mails += 1) {
        for (const person of [known, unknown]) await service.inject(request(person));
      }
      const [ofKnown, ofUnknown] = [await recorder.record(request(known)), await recorder.record(request(unknown))];
      expect(withoutBudgets(ofKnown.answer)).toEqual(withoutBudgets(first.answer));
      expect(withoutBudgets(ofUnknown.answer)).toEqual(withoutBudgets(first.answer));
      expect(ofKnown.work).toEqual(ofUnknown.work);
    }
  });

  /** How much of its budget a network has left is the network's affair: it falls with every request. */
  function withoutBudgets(answer: Response) {
    const { headers, ...rest } = seen(answer);
    const { ratelimit, ...others } = headers;
    return { ...rest, headers: { ...others, hasBudget: ratelimit !== undefined } };
  }
});

describe('what is wrong with an account', () => {
  it('is told only to who knows its password', async () => {
    const service = await startTestApp({ environment: { REQUIRE_VERIFIED_EMAIL: 'true' } });
    const people = await addressesInEveryState(service);
    const codeFor = async (person: Person) => (await logIn(service, person)).json<{ code?: string }>().code;
    const codes = await Promise.all(addressStates.map(async (state) => [state, await codeFor(people[state])] as const));
    expect(Object.fromEntries(codes)).toEqual({
      unknown: 'invalid-credentials',
      proved: undefined,
      pending: 'invalid-credentials',
      'pending twice': 'invalid-credentials',
      enrolling: 'invalid-credentials',
      'enrolled halfway': 'invalid-credentials',
      disabled: 'disabled',
      unproved: 'not-activated',
      'unproved and in use': 'not-activated',
      'without a password': 'invalid-credentials',
      deleted: 'invalid-credentials',
    });
    await service.close();
  });
});
