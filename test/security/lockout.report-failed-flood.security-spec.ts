import { HashPool } from '../../src/platform/hashing/hash-pool.service';
import { anAccount, aPerson, expectStatus, logIn, signIn, type Person } from '../support/accounts';
import { full } from '../support/full';
import { tellOfLocks } from '../support/lockout-mails';
import {
  comparable,
  failuresOf,
  floodOfReports,
  lockByReports,
  lockMailsByRecipient,
  report,
} from '../support/lockout-reports';
import { startTestApp, type TestApp } from '../support/test-app';

const ADDRESSES = full(100, 1_000);
/** One in ten addresses has an account. */
const ACCOUNTS = ADDRESSES / 10;
const REPORTS_EACH = 10;

const HOME = { 'x-forwarded-for': '203.0.113.7' };
const ELSEWHERE = { 'x-forwarded-for': '203.0.113.99' };
const DEN = { 'x-forwarded-for': '198.51.100.66' };

const environment = { TRUST_PROXY: '1' } as const;
const NOTED = { statusCode: 200, body: '{"data":null,"message":""}' };

interface Owner extends Person {
  readonly device: string;
}

async function anOwner(service: TestApp): Promise<Owner> {
  const person = await anAccount(service);
  return { ...person, device: (await signIn(service, person, HOME)).device };
}

const known = ({ device }: Owner, network: Record<string, string>) => ({ ...network, 'x-device-token': device });

describe('a flood of reports that a vault would not open', () => {
  let service: TestApp;
  const owners: Owner[] = [];
  let named: { readonly email: string }[] = [];

  beforeAll(async () => {
    service = await startTestApp({ environment });
    for (let index = 0; index < ACCOUNTS; index += 1) owners.push(await anOwner(service));
    named = [...owners, ...Array.from({ length: ADDRESSES - ACCOUNTS }, () => aPerson())];
  }, 120_000);
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => service.close());

  it('is answered alike at every address, before a lock and in it', async () => {
    const answers = await floodOfReports(service, named, REPORTS_EACH);
    const inLocks = await floodOfReports(service, named, 1);
    const [first] = answers;
    expect(first).toMatchObject(NOTED);
    const different = [...answers, ...inLocks].filter(
      (answer) => JSON.stringify(comparable(answer)) !== JSON.stringify(first && comparable(first)),
    );
    expect(different).toEqual([]);
    expect(answers).toHaveLength(ADDRESSES * REPORTS_EACH);
  }, 300_000);

  it('counts up to the lock and nothing in it', async () => {
    for (const owner of owners) expect(await failuresOf(service, owner)).toEqual({ stranger: REPORTS_EACH });
  });

  it('mails each owner once a lock, and nobody else', async () => {
    const each = (count: number) => Object.fromEntries(owners.map(({ email }) => [email, count]));
    await tellOfLocks(service);
    expect(await lockMailsByRecipient(service)).toEqual(each(1));
    await floodOfReports(service, named, 2);
    await tellOfLocks(service);
    expect(await lockMailsByRecipient(service)).toEqual(each(1));
    service.clock.advanceSeconds(10 * 60);
    await floodOfReports(service, named, REPORTS_EACH);
    await tellOfLocks(service);
    await tellOfLocks(service);
    expect(await lockMailsByRecipient(service)).toEqual(each(2));
  }, 300_000);

  it('mails an owner no more than five times an hour, though both names of the account be locked again and again', async () => {
    const username = 'has-two-names';
    const owner = await anAccount(service, { username });
    for (const minutes of [0, 10, 20]) {
      service.clock.advanceSeconds(minutes * 60);
      await lockByReports(service, owner, DEN);
      for (let failures = 0; failures < 10; failures += 1) {
        expectStatus(await service.post('/auth/login', { username, password: 'a wrong one' }, DEN), 401);
      }
      await tellOfLocks(service);
    }
    expect((await lockMailsByRecipient(service))[owner.email]).toBe(5);
  });

  it('computes no hash and takes no place in the queue of those who sign in', async () => {
    const run = jest.spyOn(service.app.get(HashPool, { strict: false }), 'run');
    const signIns = owners.map((owner) => logIn(service, owner, known(owner, ELSEWHERE)));
    const [answers] = await Promise.all([Promise.all(signIns), floodOfReports(service, named, 2)]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(owners.map(() => 200));
    expect(run.mock.calls.map(([, grade]) => grade.class)).toEqual(owners.map(() => 'vouched'));
  }, 300_000);
});

describe('a report', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startTestApp({ environment });
  });
  afterAll(() => service.close());

  it('from a known device counts for that device alone', async () => {
    const owner = await anOwner(service);
    await lockByReports(service, owner, known(owner, ELSEWHERE));
    expect(await failuresOf(service, owner)).toEqual({ device: 10 });
    expect((await logIn(service, owner, known(owner, ELSEWHERE))).statusCode).toBe(429);
    expect((await logIn(service, owner, HOME)).statusCode).toBe(200);
    expect((await logIn(service, owner, DEN)).statusCode).toBe(200);
  });

  it('from a known network without a device token counts for that network alone', async () => {
    const owner = await anOwner(service);
    await lockByReports(service, owner, HOME);
    expect(await failuresOf(service, owner)).toEqual({ network: 10 });
    expect((await logIn(service, owner, HOME)).statusCode).toBe(429);
    expect((await logIn(service, owner, known(owner, HOME))).statusCode).toBe(200);
  });

  it('from a stranger closes the account to strangers, not to its known device', async () => {
    const owner = await anOwner(service);
    await lockByReports(service, owner, DEN);
    expect((await logIn(service, owner, ELSEWHERE)).statusCode).toBe(429);
    expect((await logIn(service, owner, known(owner, ELSEWHERE))).statusCode).toBe(200);
    expect((await logIn(service, owner, HOME)).statusCode).toBe(200);
  });

  it('counts together with wrong passwords', async () => {
    const owner = await anOwner(service);
    for (let failures = 0; failures < 5; failures += 1) {
      await report(service, owner, DEN);
      expectStatus(await logIn(service, { ...owner, password: 'a wrong one' }, DEN), 401);
    }
    expect((await logIn(service, owner, ELSEWHERE)).statusCode).toBe(429);
  });

  it('with another account’s device token is a stranger’s', async () => {
    const owner = await anOwner(service);
    const stranger = await anOwner(service);
    await lockByReports(service, owner, known(stranger, DEN));
    expect(await failuresOf(service, owner)).toEqual({ stranger: 10 });
    expect(await failuresOf(service, stranger)).toEqual({});
  });
});

describe('within the budgets of networks', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startTestApp({ environment: { ...environment, THROTTLE_LIMIT: '300', THROTTLE_FAILURES: '100' } });
  });
  afterAll(() => service.close());

  const braked = (seconds: number) => ({
    error: { message: expect.any(String), code: 'too-many-requests', details: { retry_after: seconds } },
  });

  it('who reports about many addresses is braked after a hundred, others are not, nor is a known device there', async () => {
    const owner = await anOwner(service);
    for (let index = 0; index < 100; index += 1) expect(await report(service, aPerson(), DEN)).toMatchObject(NOTED);
    const refused = await report(service, aPerson(), DEN);
    expect(refused.statusCode).toBe(429);
    expect(refused.headers['retry-after']).toBe('600');
    expect(refused.json()).toEqual(braked(600));
    expect((await report(service, owner, DEN)).json()).toEqual(braked(600));
    expect(await report(service, aPerson(), ELSEWHERE)).toMatchObject(NOTED);
    expect(await report(service, owner, known(owner, DEN))).toMatchObject(NOTED);
    expect((await logIn(service, owner, known(owner, DEN))).statusCode).toBe(200);
  });

  it('who reports about one address, locked or not, is braked after three hundred a minute', async () => {
    const network = { 'x-forwarded-for': '198.51.100.77' };
    const about = aPerson();
    for (let index = 0; index < 300; index += 1) expect(await report(service, about, network)).toMatchObject(NOTED);
    const refused = await report(service, about, network);
    expect(refused.statusCode).toBe(429);
    const retryAfter = Number(refused.headers['retry-after']);
    expect(retryAfter).toBeGreaterThan(0);
    expect(refused.json()).toEqual(braked(retryAfter));
    expect(await report(service, about, ELSEWHERE)).toMatchObject(NOTED);
  });
});
