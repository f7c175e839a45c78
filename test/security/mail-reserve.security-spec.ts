import { anAccount, aPerson, expectStatus, newestTicket, signIn, ticketsOf, type Person } from '../support/accounts';
import { startTestApp, type TestApp } from '../support/test-app';
import { WorkRecorder } from '../support/work-recorder';

const MINUTE_SECONDS = 60;
const DAY_MINUTES = 24 * 60;

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp();
});
afterAll(() => service.close());

type Headers = Record<string, string>;

const askForReset = async ({ email }: Person, headers: Headers = {}) => {
  expectStatus(await service.post('/auth/change-password/request', { email }, headers), 204);
};

const resetLinks = async (person: Person) =>
  (await ticketsOf(service, person)).filter(({ page }) => page === 'reset-password').length;

/** A stranger asks every five minutes of a day, from devices and with accounts of his own; `meanwhile` runs each hour. */
async function besiege(owner: Person, meanwhile: () => Promise<void>): Promise<void> {
  const { device } = await signIn(service, await anAccount(service));
  for (let minute = 0; minute < DAY_MINUTES; minute += 5) {
    await askForReset(owner, minute % 2 === 0 ? {} : { 'x-device-token': device });
    if (minute % 60 === 55) await meanwhile();
    await service.mailsTo(owner.email); // no mail is in hand while its lease runs out at once
    service.clock.advanceSeconds(5 * MINUTE_SECONDS);
  }
}

it('a stranger who asks all day keeps no owner from a reset mail whose browser is known', async () => {
  const owner = await anAccount(service);
  const { device } = await signIn(service, owner);
  let hours = 0;
  await besiege(owner, async () => {
    hours += 1;
    if (hours % 6 !== 0) return;
    const before = await resetLinks(owner);
    await askForReset(owner, { 'x-device-token': device });
    expect(await resetLinks(owner)).toBe(before + 1);
    const ticket = await newestTicket(service, owner, 'reset-password');
    const password = `a password of hour ${String(hours)}`;
    expectStatus(await service.post('/auth/change-password/change', { ticket, new_password: password }), 204);
  });
  expect(hours).toBe(24);
});

it('what a stranger may cause is 15 mails of a kind a day, to any address', async () => {
  const owner = await anAccount(service);
  await besiege(owner, () => Promise.resolve());
  expect(await resetLinks(owner)).toBe(15);
});

it('a browser known to another account is a stranger’s', async () => {
  const owner = await anAccount(service);
  const { device } = await signIn(service, await anAccount(service));
  for (let index = 0; index < 6; index += 1) await askForReset(owner, { 'x-device-token': device });
  expect(await resetLinks(owner)).toBe(4);
});

it('the share kept for the owner shows in no answer', async () => {
  const owner = await anAccount(service);
  const { device } = await signIn(service, owner);
  const ask = async ({ email }: Person) => {
    const url = '/auth/change-password/request';
    const { statusCode, headers, body } = await service.post(url, { email }, { 'x-device-token': device });
    const { date: _date, ...rest } = headers;
    return { statusCode, headers: rest, body };
  };
  const nobody = aPerson();
  for (let index = 0; index < 7; index += 1) expect(await ask(owner)).toEqual(await ask(nobody));
  expect(await resetLinks(owner)).toBe(5);
});

describe('an owner’s browser', () => {
  let recorded: TestApp;
  beforeAll(async () => {
    recorded = await startTestApp();
  });
  afterAll(() => recorded.close());

  it('causes the same statements as anybody’s, within the share and past it', async () => {
    const owner = await anAccount(recorded);
    const { device } = await signIn(recorded, owner);
    const recorder = await WorkRecorder.attach(recorded);
    const statementsOf = async (url: string, { email }: Person) => {
      const headers = { 'x-device-token': device };
      return (await recorder.record({ method: 'POST', url, headers, payload: { email } })).work.statements;
    };
    const nobody = aPerson();
    for (const url of ['/auth/change-password/request', '/auth/activate/request']) {
      for (let index = 0; index < 7; index += 1) {
        expect(await statementsOf(url, owner)).toEqual(await statementsOf(url, nobody));
      }
    }
  });
});
