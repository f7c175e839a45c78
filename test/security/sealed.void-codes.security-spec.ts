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
import { Jobs } from '../../src/platform/jobs/jobs.service';
import { forgetPassword, seal, sealedProblemOf, sealedRegister, validateOtp } from '../support/sealed';
import { startTestApp, type TestApp } from '../support/test-app';
import { WorkRecorder } from '../support/work-recorder';

/** What the owner of an address does after a stranger has asked for a code to it. */
interface Deed {
  readonly before: (owner: Person) => Promise<unknown>;
  readonly act: (owner: Person) => Promise<unknown>;
}

const nothing = () => Promise.resolve();
const setByCode = async (owner: Person) => {
  const { challage, code } = await forgetPassword(service, owner);
  const { uuid } = expectStatus(await validateOtp(service, challage, code ?? ''), 200).json<{ uuid: string }>();
  const body = { oneTimeToken: uuid, ...(await seal(service, 'another password')) };
  expectStatus(await service.post('/auth/reset-password', body), 200);
};

const deeds: Readonly<Record<string, Deed>> = {
  'resets the password by a link': {
    before: (owner) => anAccount(service, owner),
    act: async (owner) => {
      const body = { ticket: await resetTicket(service, owner), new_password: 'another password' };
      expectStatus(await service.post('/auth/change-password/change', body), 204);
    },
  },
  'resets it by a code of his own': { before: (owner) => anAccount(service, owner), act: setByCode },
  'activates a registration': {
    before: (owner) => register(service, owner),
    act: async (owner) => {
      const ticket = await newestTicket(service, owner, 'activate');
      expectStatus(await service.post('/auth/activate', { ticket }), 204);
    },
  },
  'registers at once': {
    before: nothing,
    act: async ({ email, password }) => {
      const username = `owner-${email.replace(/\W/g, '-')}`;
      expectStatus(await sealedRegister(service, { email, username, password }), 201);
    },
  },
  'deletes his account': {
    before: (owner) => anAccount(service, owner),
    act: async (owner) => {
      expectStatus(await service.post('/auth/delete', undefined, bearer(await signIn(service, owner))), 204);
    },
  },
};

interface Challenge {
  readonly challage: string;
  readonly code: string | null;
}

let service: TestApp;
let recorder: WorkRecorder;
const asked = new Map<string, { readonly touched: Challenge; readonly untouched: Challenge }>();

beforeAll(async () => {
  service = await startTestApp({ environment: { LOCKOUT_ATTEMPTS: '100' } });
  for (const [what, deed] of Object.entries(deeds)) {
    const owner = aPerson();
    await deed.before(owner);
    asked.set(what, {
      touched: await forgetPassword(service, owner),
      untouched: await forgetPassword(service, aPerson()),
    });
    await deed.act(owner);
  }
  recorder = await WorkRecorder.attach(service);
  await recorder.record({ method: 'GET', url: '/healthz' });
});
beforeEach(() => service.database.dataSource.query('TRUNCATE locks'));
afterAll(() => service.close());

const guess = (challage: string, oneTimePassword: string): InjectOptions => ({
  method: 'POST',
  url: `/auth/validate-otp/${challage}`,
  payload: { oneTimePassword },
});

function seen({ statusCode, headers, body }: Response) {
  const { date: _date, ...rest } = headers;
  return { statusCode, headers: rest, body };
}

async function expectAlike(what: string, guesses: readonly string[]): Promise<void> {
  const { touched, untouched } = asked.get(what) ?? { touched: { challage: '' }, untouched: { challage: '' } };
  for (const code of guesses) {
    const ofTouched = await recorder.record(guess(touched.challage, code));
    const ofUntouched = await recorder.record(guess(untouched.challage, code));
    expect(sealedProblemOf(ofTouched.answer)).toEqual({ status: 401, code: 'invalid-code' });
    expect(seen(ofTouched.answer)).toEqual(seen(ofUntouched.answer));
    expect(ofTouched.work).toEqual(ofUntouched.work);
  }
}

const wrong = ['000001', '000002', '000003', '000004', '000005', '000006'];

describe.each(Object.keys(deeds))('when the owner %s, a challenge that a stranger has', (what) => {
  it('opens nothing, not even to the code that was mailed for it', async () => {
    const { code } = asked.get(what)?.touched ?? { code: null };
    expect(code === null).toBe(what === 'registers at once');
    await expectAlike(what, [code ?? '123456']);
  });

  it('answers and does what one of an address that nobody knows does, to its fifth wrong code and beyond', async () => {
    await expectAlike(what, wrong);
  });
});

it('and for as long: what was voided is kept to the end of what was not', async () => {
  for (const hours of [12, 11, 2, 24, 24]) {
    service.clock.advanceSeconds(hours * 3600);
    await service.database.dataSource.query('TRUNCATE locks');
    await service.app.get(Jobs, { strict: false }).runNow('purge-tickets');
    for (const what of Object.keys(deeds)) await expectAlike(what, ['000007']);
  }
});
