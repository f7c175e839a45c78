import type { InjectOptions, Response } from 'light-my-request';
import { anAccount, aPerson, expectStatus, resetTicket, signIn, type Person } from '../support/accounts';
import { addressesInEveryState, addressStates } from '../support/address-states';
import { startTestApp, type TestApp } from '../support/test-app';
import { anIdentifier, aVault, cookieHeader, enrol, vaultLogin, type VaultPerson } from '../support/vault';
import { WorkRecorder } from '../support/work-recorder';

type Cookies = Record<string, string>;
type Request = (person: Person, enrolment: Cookies) => InjectOptions;

const AMONG_VAULTS = 'with a vault';
const states = [...addressStates.filter((state) => state !== 'unknown'), AMONG_VAULTS] as const;
type State = (typeof states)[number];

let names = 0;
function aUsername(): string {
  names += 1;
  return `stranger-${String(names).padStart(4, '0')}`;
}

const post = (url: string, payload: object): InjectOptions => ({ method: 'POST', url, payload });
const step = (url: string, enrolment: Cookies, payload?: object): InjectOptions => ({
  method: 'PATCH',
  url: `/api/auth/verif/${url}`,
  headers: cookieHeader(enrolment),
  ...(payload === undefined ? {} : { payload }),
});

const withoutEnrolment: readonly [string, Request][] = [
  ['enrolling', ({ email }) => post('/api/auth', { email, username: aUsername() })],
  ['prelogin', ({ email }) => post('/api/auth/prelogin', { email })],
  ['a sign-in', ({ email }) => post('/api/auth/login', { email, authVerifier: 'wrong' })],
  [
    'a sign-in with a code',
    ({ email }) => post('/api/auth/login', { email, authVerifier: 'wrong', totpCode: '123456' }),
  ],
  ['report-failed', ({ email }) => post('/api/auth/report-failed', { email })],
];

/** What an enrolment goes on with; a mail with its code may have gone out by then. */
const withinEnrolment: readonly [string, Request][] = [
  ['a wrong code', (_person, enrolment) => step('otp', enrolment, { otpCode: '123456' })],
  ['text for a code', (_person, enrolment) => step('otp', enrolment, { otp_code: 'abc' })],
  ['asking for another code', (_person, enrolment) => step('otp/resend', enrolment)],
  ['the last step', (_person, enrolment) => step('identifier', enrolment, anIdentifier())],
];

/** All that a caller gets to see, but for what is random in every answer. */
function seen({ statusCode, headers, body, cookies }: Response, { email }: Person) {
  const { date: _date, 'set-cookie': lines = [], ...rest } = headers;
  const token = /"salt":"[^"]+"/;
  return {
    statusCode,
    // a token’s length follows the address’s
    cookies: [lines].flat().map((line) => line.replace(/=[^;]+/, '=…')),
    lengths: cookies.map(({ value }) => value.length - Math.ceil((email.length * 4) / 3)),
    headers: {
      ...rest,
      'content-length': Number(rest['content-length']) - (body.split(email).length - 1) * email.length,
    },
    body: body
      .replaceAll(email, '…')
      .replace(token, '"salt":"…"')
      .replace(/stranger-\d{4}/, '…'),
  };
}

let service: TestApp & { readonly dataDir: string };
let people: Record<State, VaultPerson | Person>;
let recorder: WorkRecorder;
/** Enrolments begun before any mail was stopped, by address; and for each state an address nobody knows. */
const enrolments = new Map<string, Cookies>();
const unknownOf = new Map<string, Person>();

beforeAll(async () => {
  service = await startTestApp({ environment: { LOCKOUT_ATTEMPTS: '100' } });
  const inStates = await addressesInEveryState(service);
  people = { ...inStates, [AMONG_VAULTS]: (await aVault(service)).person };
  for (const state of states) {
    const unknown = aPerson();
    unknownOf.set(state, unknown);
    for (const { email } of [people[state], unknown]) {
      enrolments.set(email, await enrol(service, { email, username: aUsername() }));
    }
  }
  service.clock.advanceSeconds(60); // so that another code may be asked for
  recorder = await WorkRecorder.attach(service);
  await recorder.record({ method: 'GET', url: '/healthz' });
});
// what several attempts at one address come to is told apart below; how many mails it gets, in security/enumeration
beforeEach(() => service.database.dataSource.query('TRUNCATE locks, mail_outbox'));
afterAll(() => service.close());

/** Holds an address against one nobody knows: the same to see, the same done. */
async function compare(request: Request, known: [Person, Cookies], unknown: [Person, Cookies]): Promise<void> {
  const ofUnknown = await recorder.record(request(...unknown));
  const ofKnown = await recorder.record(request(...known));
  expect(ofUnknown.work.statements.length).toBeGreaterThan(0);
  expect(seen(ofKnown.answer, known[0])).toEqual(seen(ofUnknown.answer, unknown[0]));
  expect(ofKnown.work).toEqual(ofUnknown.work);
}

/** An enrolment whose mail still waits: none goes out any more. */
async function waiting(person: Person): Promise<Cookies> {
  const answer = await service.post('/api/auth', { email: person.email, username: aUsername() });
  return { sv_at: expectStatus(answer, 200).cookies[0]?.value ?? '' };
}

describe.each(states)('an address that is %s is as an unknown one to', (state) => {
  it.each(withoutEnrolment)('%s', async (_request, request) => {
    await compare(request, [people[state], {}], [aPerson(), {}]);
  });

  it.each(withinEnrolment)('%s, before the mail has gone out', async (_request, request) => {
    const unknown = aPerson();
    await compare(request, [people[state], await waiting(people[state])], [unknown, await waiting(unknown)]);
  });

  it.each(withinEnrolment)('%s, after it', async (_request, request) => {
    service.clock.advanceSeconds(60);
    await service.database.dataSource.query('UPDATE mailed_codes SET expires_at = $1', [
      new Date(service.clock.now().getTime() + 600_000),
    ]);
    const unknown = unknownOf.get(state) ?? aPerson();
    const [known, other] = [people[state], unknown].map(({ email }) => enrolments.get(email) ?? {});
    await compare(request, [people[state], known ?? {}], [unknown, other ?? {}]);
  });
});

it('every enrolment whose mail went out has a row for its code, whoever holds the address', async () => {
  const [row] = await service.database.dataSource.query<{ codes: number }[]>(
    `SELECT count(*)::int AS codes FROM mailed_codes JOIN tickets ON id = ticket_id WHERE payload ->> 'username' LIKE 'stranger-%'`,
  );
  expect(row?.codes).toBe(2 * states.length);
});

describe('whatever the owner does meanwhile, an address stays as an unknown one', () => {
  const deeds: [string, (owner: VaultPerson) => Promise<unknown>][] = [
    ['signs in to the vault', (owner) => vaultLogin(service, owner, anIdentifier().authVerifier)],
    ['asks for a reset', ({ email }) => service.post('/auth/change-password/request', { email })],
    ['enrols again', (owner) => waiting(owner)],
  ];

  it.each(deeds)('when he %s', async (_what, deed) => {
    const owner = people[AMONG_VAULTS] as VaultPerson;
    const unknown = aPerson();
    const [known, other] = [await waiting(owner), await waiting(unknown)];
    for (const [, request] of withinEnrolment) await compare(request, [owner, known], [unknown, other]);
    await deed(owner);
    service.clock.advanceSeconds(60);
    for (const [, request] of [...withinEnrolment, ...withoutEnrolment]) {
      await compare(request, [owner, known], [unknown, other]);
    }
  });
});

it('a code’s five tries and the locks after them are the same for an address in use', async () => {
  const strict = await startTestApp();
  const owner = await anAccount(strict);
  const unknown = aPerson();
  const begin = async ({ email }: Person) => enrol(strict, { email, username: aUsername() });
  const [known, other] = [await begin(owner), await begin(unknown)];
  for (let guess = 0; guess < 30; guess += 1) {
    if (guess === 8) await signIn(strict, owner);
    const request = (enrolment: Cookies) => step('otp', enrolment, { otpCode: '123456' });
    const [ofKnown, ofUnknown] = [await strict.inject(request(known)), await strict.inject(request(other))];
    expect([ofKnown.statusCode, ofKnown.body]).toEqual([ofUnknown.statusCode, ofUnknown.body]);
  }
  await strict.close();
});

describe('a stranger’s enrolment goes on looking as that of an unknown address', () => {
  const changes: [string, boolean, (app: TestApp, owner: VaultPerson) => Promise<unknown>][] = [
    [
      'resets the password',
      true,
      async (app, owner) => {
        const body = { ticket: await resetTicket(app, owner), new_password: 'another password' };
        expectStatus(await app.post('/auth/change-password/change', body), 204);
      },
    ],
    ['activates an account', false, (app, owner) => anAccount(app, owner)],
    ['enrols to the end', false, (app, owner) => aVault(app, owner)],
  ];

  it.each(changes)('when the owner %s meanwhile', async (_what, hasAccount, change) => {
    const busy = await startTestApp();
    const owner = { ...aPerson(), username: aUsername() };
    if (hasAccount) await anAccount(busy, owner);
    const unknown = aPerson();
    const [known, other] = [
      await enrol(busy, { ...owner, username: aUsername() }),
      await enrol(busy, { ...unknown, username: aUsername() }),
    ];
    await change(busy, owner);
    for (let minute = 0; minute < 5; minute += 1) {
      busy.clock.advanceSeconds(60);
      for (const [, request] of withinEnrolment) {
        const [ofKnown, ofUnknown] = [
          await busy.inject(request(owner, known)),
          await busy.inject(request(unknown, other)),
        ];
        expect([ofKnown.statusCode, ofKnown.body]).toEqual([ofUnknown.statusCode, ofUnknown.body]);
      }
      await busy.mailsTo(owner.email);
    }
    await busy.close();
  });
});
