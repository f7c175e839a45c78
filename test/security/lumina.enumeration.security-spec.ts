import type { InjectOptions, Response } from 'light-my-request';
import speakeasy from 'speakeasy';
import { anAccount, bearer } from '../support/accounts';
import { aNamedOwner, aNamedPerson, aPlainOwner, luminaSignIn, recover, type NamedPerson } from '../support/lumina';
import { luminaProblemOf } from '../support/lumina-problem';
import { aSecuredAccount } from '../support/second-factor';
import { startTestApp, type TestApp } from '../support/test-app';
import { WorkRecorder } from '../support/work-recorder';

type Request = (person: Pick<NamedPerson, 'username'>) => InjectOptions;

const json = (route: string, payload: object, headers = {}): InjectOptions => ({
  method: 'POST',
  url: `/api/v1/auth/${route}`,
  headers,
  payload,
});
const NewPassword = '123$Abcd';
const change = (more: object, headers = {}): Request => {
  const fixed = { CurrentPassword: 'wrong', NewPassword, NewPasswordConfirm: NewPassword, ...more };
  return ({ username: Username }) => json('change-password', { Username, ...fixed }, headers);
};

const requests: readonly [string, Request][] = [
  ['a sign-in', ({ username: Username }) => json('login', { Username, Password: 'wrong' })],
  ['a sign-in with a code', ({ username: Username }) => json('login', { Username, Password: 'x', TotpCode: '123456' })],
  ['a recovery', ({ username: Username }) => json('recover-password', { Username, TotpCode: '000000' })],
  [
    'a recovery by a longer code',
    ({ username: Username }) => json('recover-password', { Username, TotpCode: 'a'.repeat(24) }),
  ],
  ['a change of password', change({})],
  ['a change of password with a code', change({ TotpCode: '123456' })],
  ['a change of password by what could be a temporary one', change({ CurrentPassword: 'x'.repeat(43) })],
];

const states = ['secured', 'plain', 'disabled', 'with a mailbox', 'with a mailbox and secured', 'deleted'] as const;
type State = (typeof states)[number];

let service: TestApp;
let people: Record<State, Pick<NamedPerson, 'username'>>;
let recorder: WorkRecorder;
let somebody: { access: string; device: string };

beforeAll(async () => {
  service = await startTestApp({ environment: { LOCKOUT_ATTEMPTS: '100' } });
  people = {
    secured: await aNamedOwner(service),
    plain: await aPlainOwner(service),
    disabled: await aNamedOwner(service),
    'with a mailbox': await anAccount(service, { username: 'mailbox-1' }).then(() => ({ username: 'mailbox-1' })),
    'with a mailbox and secured': await aSecuredAccount(service, { username: 'mailbox-2' }).then(() => ({
      username: 'mailbox-2',
    })),
    deleted: await aPlainOwner(service),
  };
  const disable = 'UPDATE users SET disabled_at = now() WHERE username = $1';
  await service.database.dataSource.query(disable, [people.disabled.username]);
  const leaver = await luminaSignIn(service, { ...people.deleted, password: 'Abcd123$' });
  expect((await service.post('/auth/delete', undefined, bearer(leaver))).statusCode).toBe(204);
  somebody = await luminaSignIn(service, await aPlainOwner(service));
  recorder = await WorkRecorder.attach(service);
  await recorder.record({ method: 'GET', url: '/healthz' });
});
// what several attempts at one name come to is told apart below
beforeEach(() => service.database.dataSource.query('DELETE FROM locks'));
afterAll(() => service.close());

/** All that a caller gets to see, but for what is new in every answer. */
function seen({ statusCode, headers, body }: Response) {
  const { date: _date, ...rest } = headers;
  return { statusCode, headers: rest, body: body.replace(/urn:uuid:[0-9a-f-]{36}/, 'urn:uuid:…') };
}

async function compare(request: Request, state: State): Promise<void> {
  // the first computes the decoy
  await recorder.record(request(aNamedPerson()));
  const unknown = await recorder.record(request(aNamedPerson()));
  const known = await recorder.record(request(people[state]));
  expect(unknown.work.statements.length).toBeGreaterThan(0);
  expect(seen(known.answer)).toEqual(seen(unknown.answer));
  expect(known.work).toEqual(unknown.work);
}

describe.each(states)('an account that is %s is as a name that nobody has to', (state) => {
  it.each(requests)('%s', (_what, request) => compare(request, state));

  it.each(requests)('%s, from a known device of somebody else', (_what, request) => {
    return compare((person) => ({ ...request(person), headers: { 'x-device-token': somebody.device } }), state);
  });

  it('a change of password with the token of somebody else', () => compare(change({}, bearer(somebody)), state));
});

it.each(states)(
  'a recovery of an account that is %s computes what it does for a name that nobody has',
  async (state) => {
    const computed = jest.spyOn(speakeasy, 'hotp');
    for (const somebodyElse of [aNamedPerson(), people[state]]) {
      computed.mockClear();
      await recover(service, somebodyElse, '000000');
      expect(computed).toHaveBeenCalledTimes(3); // RFC 6238 §5.2: one step either side
    }
    computed.mockRestore();
  },
);

it.each(states)(
  'many wrong codes of an account that is %s are refused like those of a name that nobody has',
  async (state) => {
    const unknown = aNamedPerson();
    const answers: [string, string][] = [];
    for (let attempt = 0; attempt < 28; attempt += 1) {
      // every sixth is refused, and then an hour passes
      if (attempt % 6 === 0 && attempt > 0) service.clock.advanceSeconds(3600);
      const [known, nobody] = [
        await recover(service, people[state], '000000'),
        await recover(service, unknown, '000000'),
      ];
      expect(seen(known)).toEqual(seen(nobody));
      answers.push([luminaProblemOf(known).code, String(known.headers['retry-after'])]);
    }
    expect(answers.filter(([code]) => code === 'invalid-code')).toHaveLength(20);
    expect(answers[5]).toEqual(['locked', '3600']);
    expect(answers.at(-1)).toEqual(['locked', String(7 * 86_400 - 3600)]);
  },
);
