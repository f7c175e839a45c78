import type { InjectOptions, Response } from 'light-my-request';
import {
  anAccount,
  aPerson,
  bearer,
  expectStatus,
  newestTicket,
  register,
  resetTicket,
  signIn,
  type Person,
} from '../support/accounts';
import { startTestApp, type TestApp } from '../support/test-app';
import {
  anIdentifier,
  aVault,
  aVaultPerson,
  cookieHeader,
  cookiesOf,
  enrol,
  enrolAndProve,
  patch,
} from '../support/vault';
import { WorkRecorder } from '../support/work-recorder';

type Cookies = Record<string, string>;

/** What the owner of an address does while a stranger has begun an enrolment for it. */
interface Deed {
  /** What there is before the stranger comes. */
  readonly before: (owner: Person) => Promise<unknown>;
  readonly act: (owner: Person) => Promise<unknown>;
}

const nothing = () => Promise.resolve();
const vaultOf = ({ email }: Person) => aVaultPerson({ email });

const deeds = {
  'resets the password': {
    before: (owner) => anAccount(service, owner),
    act: async (owner) => {
      const body = { ticket: await resetTicket(service, owner), new_password: 'another password' };
      expectStatus(await service.post('/auth/change-password/change', body), 204);
    },
  },
  'activates a native registration': { before: nothing, act: (owner) => anAccount(service, owner) },
  'verifies the address of his account': {
    before: (owner) => register(automatic, owner),
    act: async (owner) => {
      const { password } = owner;
      await service.post('/auth/activate/request', owner);
      const ticket = await newestTicket(service, owner, 'verify-email');
      expectStatus(await service.post('/auth/verify-email', { ticket, password }), 204);
    },
  },
  'proves an enrolment of his own': { before: nothing, act: (owner) => enrolAndProve(service, vaultOf(owner)) },
  'finishes an enrolment of his own': { before: nothing, act: (owner) => aVault(service, vaultOf(owner)) },
  'moves his account there': {
    before: nothing,
    act: async ({ email }) => {
      const headers = bearer(await signIn(service, await anAccount(service)));
      await service.post('/auth/change-email/request', { new_email: email }, headers);
      const ticket = await newestTicket(service, { email }, 'change-email');
      expectStatus(await service.post('/auth/change-email/change', { ticket }), 204);
    },
  },
  'deletes his account': {
    before: (owner) => anAccount(service, owner),
    act: async (owner) => {
      expectStatus(await service.post('/auth/delete', undefined, bearer(await signIn(service, owner))), 204);
    },
  },
} satisfies Record<string, Deed>;

/**
 * What a stranger has at one address: an enrolment that he lets be, and one whose code he has tried to death, so that he asks
 * for another after what the owner did.
 */
interface Strangers {
  readonly email: string;
  readonly quiet: Cookies;
  readonly asking: Cookies;
}

const step = (url: string, enrolment: Cookies, payload?: object): InjectOptions => ({
  method: 'PATCH',
  url: `/api/auth/verif/${url}`,
  headers: cookieHeader(enrolment),
  ...(payload === undefined ? {} : { payload }),
});

const wrongCode = (enrolment: Cookies) => step('otp', enrolment, { otpCode: '123456' });

/** The code six times: it dies at the fifth. Another is asked for twice: not within the same minute. */
const requests: readonly (readonly [string, (enrolment: Cookies) => InjectOptions])[] = [
  ...[1, 2, 3, 4, 5, 6].map((time) => [`wrong code no. ${String(time)}`, wrongCode] as const),
  ['text for a code', (enrolment) => step('otp', enrolment, { otpCode: 'a-link’s-secret' })],
  [
    'a wrong link',
    (enrolment) => ({
      method: 'POST',
      url: '/enrol',
      headers: {
        ...cookieHeader(enrolment),
        origin: 'http://localhost:3000',
        'content-type': 'application/x-www-form-urlencoded',
      },
      payload: 'token=wrong',
    }),
  ],
  ['asking for another code', (enrolment) => step('otp/resend', enrolment)],
  ['asking for one more', (enrolment) => step('otp/resend', enrolment)],
  ['the last step', (enrolment) => step('identifier', enrolment, anIdentifier())],
];

let names = 0;
function aUsername(): string {
  names += 1;
  return `stranger-${String(names).padStart(4, '0')}`;
}

let service: TestApp & { readonly dataDir: string };
let automatic: TestApp;
let recorder: WorkRecorder;
/** By deed: at the address of whoever does it, and at one that nobody knows. */
const begun = new Map<string, { readonly touched: Strangers; readonly untouched: Strangers }>();

async function strangersAt({ email }: Person): Promise<Strangers> {
  const quiet = await enrol(service, { email, username: aUsername() });
  const asking = await enrol(service, { email, username: aUsername() });
  for (let guess = 0; guess < 5; guess += 1) expectStatus(await service.inject(wrongCode(asking)), 401);
  return { email, quiet, asking };
}

/** Returns how many mails came of it. */
async function askForAnotherCode({ email, asking }: Strangers): Promise<number> {
  const before = await service.mailsTo(email);
  expectStatus(await patch(service, '/api/auth/verif/otp/resend', undefined, asking), 200);
  return (await service.mailsTo(email)).length - before.length;
}

beforeAll(async () => {
  service = await startTestApp({ environment: { LOCKOUT_ATTEMPTS: '100' } });
  const { database, clock, dataDir } = service;
  automatic = await startTestApp({ database, clock, dataDir, environment: { AUTO_ACTIVATE: 'true' } });
  for (const [what, deed] of Object.entries<Deed>(deeds)) {
    const owner = aPerson();
    await deed.before(owner);
    begun.set(what, { touched: await strangersAt(owner), untouched: await strangersAt(aPerson()) });
    await deed.act(owner);
  }
  clock.advanceSeconds(60); // so that another code may be asked for
  for (const { touched, untouched } of begun.values()) {
    // one that is void is mailed no code, and brings no word to whoever has the address either
    expect([await askForAnotherCode(touched), await askForAnotherCode(untouched)]).toEqual([0, 1]);
  }
  clock.advanceSeconds(60);
  recorder = await WorkRecorder.attach(service);
  await recorder.record({ method: 'GET', url: '/healthz' });
});
// how many mails an address gets, and how many guesses, is limited whoever asks for them
beforeEach(() => service.database.dataSource.query('TRUNCATE locks, mail_outbox'));
afterAll(async () => {
  await automatic.close();
  await service.close();
});

function seen({ statusCode, headers, body }: Response) {
  const { date: _date, ...rest } = headers;
  return { statusCode, headers: rest, body };
}

async function expectAlike(touched: Cookies, untouched: Cookies): Promise<void> {
  for (const [what, request] of requests) {
    const ofTouched = await recorder.record(request(touched));
    const ofUntouched = await recorder.record(request(untouched));
    expect(ofTouched.work.statements.length).toBeGreaterThan(0);
    expect([what, seen(ofTouched.answer)]).toEqual([what, seen(ofUntouched.answer)]);
    expect([what, ofTouched.work]).toEqual([what, ofUntouched.work]);
  }
}

describe.each(Object.keys(deeds))('when the owner %s, the enrolment of a stranger answers and does', (deed) => {
  it.each(['quiet', 'asking'] as const)('what one of an address nobody knows does: %s', async (which) => {
    const at = begun.get(deed);
    await expectAlike(at?.touched[which] ?? {}, at?.untouched[which] ?? {});
  });

  it('what one of an address nobody knows does: begun afterwards', async () => {
    const at = begun.get(deed);
    const cookies: Cookies[] = [];
    for (const email of [at?.touched.email, at?.untouched.email]) {
      const answer = await service.post('/api/auth', { email, username: aUsername() });
      cookies.push(cookiesOf(expectStatus(answer, 200)));
    }
    service.clock.advanceSeconds(60);
    await expectAlike(cookies[0] ?? {}, cookies[1] ?? {});
  });
});
