import type { InjectOptions, Response } from 'light-my-request';
import { aPerson, type Person } from '../support/accounts';
import { addressesInEveryState, addressStates, type AddressState } from '../support/address-states';
import { aSealedPerson, forgetPassword, seal, validateOtp } from '../support/sealed';
import { startTestApp, type TestApp } from '../support/test-app';
import { WorkRecorder } from '../support/work-recorder';

type Named = Person & { readonly username: string };
type Request = (person: Named, challage: string) => Promise<InjectOptions>;
type State = Exclude<AddressState, 'unknown'>;

const states = addressStates.filter((state): state is State => state !== 'unknown');

let service: TestApp;
let recorder: WorkRecorder;

const post = (url: string, payload: object): InjectOptions => ({ method: 'POST', url: `/auth/${url}`, payload });
const guess = (challage: string, oneTimePassword: string) =>
  Promise.resolve(post(`validate-otp/${challage}`, { oneTimePassword }));

const requests: readonly [string, Request][] = [
  ['asking for a code', ({ email }) => Promise.resolve(post('forget-password', { email }))],
  ['a sign-in', async ({ username }) => post('login', { username, ...(await seal(service, 'wrong password')) })],
  [
    'a sign-in with a code',
    async ({ username }) =>
      post('login', { username, totpCode: '123456', ...(await seal(service, 'wrong password', 'WebCrypto, SHA-256')) }),
  ],
  [
    'a sign-in with a broken ciphertext',
    async ({ username }) => {
      const { keyID } = await seal(service, 'wrong password');
      return post('login', { username, keyID, encryptedPassword: `broken for ${username}` });
    },
  ],
];

/** With a challenge of one's own, six times: a code dies at the fifth wrong try. */
const tries: readonly Request[] = [1, 2, 3, 4, 5, 6].map(
  (time) => (_person, challage) => guess(challage, `00000${String(time)}`),
);

/** All that a caller gets to see, but for what is new in every answer. */
function seen({ statusCode, headers, body }: Response) {
  const { date: _date, ...rest } = headers;
  return { statusCode, headers: rest, body: body.replace(/"challage":"[\w-]{64}"/, '"challage":"…"') };
}

async function peopleIn(app: TestApp & { readonly dataDir: string }): Promise<Record<State, Named>> {
  const inStates = await addressesInEveryState(app);
  const people = {} as Record<State, Named>;
  for (const state of states) {
    people[state] = { ...inStates[state], username: aSealedPerson().username };
    const { email, username } = people[state];
    await app.database.dataSource.query(
      'UPDATE users SET username = $2, username_canonical = $2 WHERE email_canonical = $1',
      [email, username],
    );
  }
  return people;
}

async function compare(request: Request, known: [Named, string], unknown: [Named, string]): Promise<void> {
  const ofUnknown = await recorder.record(await request(...unknown));
  // a network's first failure with a key has a row made for it, whoever it is about
  await service.database.dataSource.query('TRUNCATE sealing_failures');
  const ofKnown = await recorder.record(await request(...known));
  expect(ofUnknown.work.statements.length).toBeGreaterThan(0);
  expect(seen(ofKnown.answer)).toEqual(seen(ofUnknown.answer));
  expect(ofKnown.work).toEqual(ofUnknown.work);
}

async function start(environment: Record<string, string>) {
  const app = await startTestApp({ environment: { LOCKOUT_ATTEMPTS: '100', ...environment } });
  const people = await peopleIn(app);
  return { app, people };
}

const forget = () => service.database.dataSource.query('TRUNCATE locks, mail_outbox, sealing_failures, sealed_uses');

describe('as it comes, an address', () => {
  let people: Record<State, Named>;
  const challenges = new Map<string, string>();
  const unknownOf = new Map<State, Named>();

  beforeAll(async () => {
    ({ app: service, people } = await start({}));
    for (const state of states) {
      const unknown = aSealedPerson();
      unknownOf.set(state, unknown);
      for (const person of [people[state], unknown]) {
        challenges.set(person.email, (await forgetPassword(service, person)).challage);
      }
    }
    recorder = await WorkRecorder.attach(service);
    await recorder.record({ method: 'GET', url: '/healthz' });
  });
  beforeEach(forget);
  afterAll(() => service.close());

  describe.each(states)('that is %s is as an unknown one to', (state) => {
    it.each(requests)('%s', async (_what, request) => {
      await compare(request, [people[state], ''], [aSealedPerson(), '']);
    });

    it('a code for a challenge of one’s own, after its mail', async () => {
      const unknown = unknownOf.get(state) ?? aSealedPerson();
      for (const request of tries) {
        await compare(
          request,
          [people[state], challenges.get(people[state].email) ?? ''],
          [unknown, challenges.get(unknown.email) ?? ''],
        );
      }
    });

    it('a code for a challenge of one’s own, before its mail', async () => {
      const unknown = aSealedPerson();
      const ask = async ({ email }: Person) =>
        (await service.post('/auth/forget-password', { email })).json<{ challage: string }>().challage;
      const both = [await ask(people[state]), await ask(unknown)] as const;
      for (const request of tries) await compare(request, [people[state], both[0]], [unknown, both[1]]);
    });
  });

  it('that gets as many mails as it may is told as little as one that nobody knows', async () => {
    const [known, unknown] = [people.proved, aSealedPerson()];
    const ask: Request = ({ email }) => Promise.resolve(post('forget-password', { email }));
    for (let mail = 0; mail < 6; mail += 1) await compare(ask, [known, ''], [unknown, '']);
  });
});

describe('a sign-in of one account', () => {
  beforeAll(async () => {
    let people;
    ({ app: service, people } = await start({}));
    who = people.proved;
    recorder = await WorkRecorder.attach(service);
    await recorder.record({ method: 'GET', url: '/healthz' });
  });
  let who: Named;
  beforeEach(forget);
  afterAll(() => service.close());

  it.each<[string, (fields: { encryptedPassword: string; keyID: number }) => object]>([
    ['random bytes', () => ({ encryptedPassword: Buffer.alloc(256, 0x55).toString('base64') })],
    ['a number above the modulus', () => ({ encryptedPassword: Buffer.alloc(256, 0xff).toString('base64') })],
    ['no base64', () => ({ encryptedPassword: 'none' })],
    ['a key that there is not', () => ({ keyID: 999_999 })],
    ['an id that no key has', () => ({ keyID: -(2 ** 60) })],
  ])('with %s takes the steps of a wrong password', async (_what, change) => {
    const wrong = await seal(service, 'wrong password');
    const broken = await seal(service, 'wrong password');
    const ofWrong = await recorder.record(post('login', { username: who.username, ...wrong }));
    await forget();
    const ofBroken = await recorder.record(post('login', { username: who.username, ...broken, ...change(broken) }));
    expect(seen(ofBroken.answer)).toEqual(seen(ofWrong.answer));
    expect(ofBroken.work.hashes).toEqual(ofWrong.work.hashes);
    expect(ofBroken.work.statements).toEqual(ofWrong.work.statements);
  });
});

describe('a new password', () => {
  let oneTimeToken: string;
  beforeAll(async () => {
    let people;
    ({ app: service, people } = await start({}));
    const { challage, code } = await forgetPassword(service, people.proved);
    oneTimeToken = (await validateOtp(service, challage, code ?? '')).json<{ uuid: string }>().uuid;
    recorder = await WorkRecorder.attach(service);
    await recorder.record({ method: 'GET', url: '/healthz' });
  });
  beforeEach(forget);
  afterAll(() => service.close());

  const routes: readonly [string, () => object][] = [
    ['register', () => ({ username: aSealedPerson().username, email: aPerson().email })],
    ['reset-password', () => ({ oneTimeToken })],
  ];

  it.each(routes)(
    'for %s that the policy refuses takes the steps of one that cannot be read',
    async (route, fields) => {
      const short = await recorder.record(post(route, { ...fields(), ...(await seal(service, 'short')) }));
      expect(short.work.hashes).toEqual([]);
      const { keyID } = await seal(service, 'any');
      const broken = ['none', Buffer.alloc(256, 0x55).toString('base64'), Buffer.alloc(256, 0xff).toString('base64')];
      for (const encryptedPassword of broken) {
        await forget();
        const unread = await recorder.record(post(route, { ...fields(), keyID, encryptedPassword }));
        expect(seen(unread.answer)).toEqual(seen(short.answer));
        expect(unread.work).toEqual(short.work);
      }
    },
  );
});

describe('with REQUIRE_VERIFIED_EMAIL=true', () => {
  let people: Record<State, Named>;
  beforeAll(async () => {
    ({ app: service, people } = await start({ REQUIRE_VERIFIED_EMAIL: 'true' }));
    recorder = await WorkRecorder.attach(service);
    await recorder.record({ method: 'GET', url: '/healthz' });
  });
  beforeEach(forget);
  afterAll(() => service.close());

  it.each(states)('a registration tells nothing of an address that is %s', async (state) => {
    const register: Request = async ({ email }) => {
      const { username } = aSealedPerson();
      return post('register', { email, username, ...(await seal(service, 'a third password')) });
    };
    await compare(register, [people[state], ''], [{ ...aPerson(), username: '' }, '']);
  });
});
