import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bearer, createAccount, expectStatus, mailsTo, PASSWORD, secretIn, signIn } from '../support/account-client';
import { eventually } from '../support/eventually';
import { guessOver, networkOf, type Guessed } from '../support/lock-guesses';
import { ServiceProcess } from '../support/service-process';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { atOnce, tally } from '../support/two-processes';

const GUESSES = 200;
const ATTEMPTS = 10;
/** Few enough that most are judged, though one wrong one is among them. */
const WAVE = 8;
const FIRST_LOCK_SECONDS = 600;
const ADMIN = 'admin@example.org';
const WRONG = '401 invalid-credentials';
const LOCKED = '429 locked';

const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-guesses-'));
let database: TestDatabase;
let services: [ServiceProcess, ServiceProcess];
let count = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  const environment = {
    DATABASE_URL: database.url,
    PUBLIC_URL: 'http://localhost',
    TRUST_PROXY: '1',
    LOCKOUT_ATTEMPTS: String(ATTEMPTS),
    ADMIN_EMAILS: ADMIN,
  };
  const start = () => ServiceProcess.start({ dataDir, environment });
  services = await Promise.all([start(), start()]);
  await createAccount(services[0], ADMIN); // before there is a lock to be told of
});

afterAll(async () => {
  await Promise.all(services.map((service) => service.stop()));
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const at = (index: number): ServiceProcess => services[index % 2 === 0 ? 0 : 1];

const aName = (): string => `person-${String((count += 1))}@example.org`;

async function anOwner(): Promise<string> {
  const email = aName();
  await createAccount(services[0], email);
  return email;
}

/** A guess from an address of its own, over a connection of its own. */
const guess = (index: number, email: string, password = 'wrong', headers = {}): Promise<Guessed> =>
  guessOver(at(index).port, '/auth/login', { email, password }, { ...networkOf(index), ...headers });

const outcomesOf = (guesses: readonly Guessed[]) => tally(guesses.map(({ outcome }) => outcome));

/** How many wrong guesses are judged, one after the other and from elsewhere, until no more are. */
async function judgedUntilLocked(email: string): Promise<number> {
  for (let judged = 0; judged <= GUESSES; judged += 1) {
    const { outcome } = await guess(GUESSES + judged, email);
    if (outcome === LOCKED) return judged;
    expect(outcome).toBe(WRONG);
  }
  throw new Error('never locked');
}

function expectWaits(guesses: readonly Guessed[]): void {
  for (const { outcome, retryAfterSeconds } of guesses) {
    if (outcome !== LOCKED) expect(retryAfterSeconds).toBeNull();
    else expect(Number.isInteger(retryAfterSeconds)).toBe(true);
    if (retryAfterSeconds === null) continue;
    expect(retryAfterSeconds).toBeGreaterThan(0);
    expect(retryAfterSeconds).toBeLessThanOrEqual(FIRST_LOCK_SECONDS);
  }
}

async function idOfLockOn(email: string): Promise<string> {
  const rows = await database.dataSource.query<{ id: string }[]>(
    `SELECT l.id FROM locks l JOIN users u ON u.id = l.user_id WHERE u.email = $1 AND l.locked_until IS NOT NULL`,
    [email],
  );
  return rows[0]!.id;
}

describe(`${String(GUESSES)} guesses at once, over as many connections to two processes`, () => {
  it.each([
    ['an account', anOwner],
    ['a name that nobody has', () => Promise.resolve(aName())],
  ])('at %s are judged up to the limit, and locked out past it', async (_what, name) => {
    const email = await name();
    const guesses = await atOnce(GUESSES, (index) => guess(index, email));
    expect(outcomesOf(guesses)).toEqual({ [WRONG]: ATTEMPTS, [LOCKED]: GUESSES - ATTEMPTS });
    expectWaits(guesses);
    expect((await guess(0, email)).outcome).toBe(LOCKED);
    expect((await guess(1, email)).outcome).toBe(LOCKED);
  });

  it('gain nothing by right passwords of a stranger among them', async () => {
    const email = await anOwner();
    const guesses = await atOnce(GUESSES, (index) => guess(index, email, index % 10 === 0 ? PASSWORD : 'wrong'));
    const { [WRONG]: wrong = 0, [LOCKED]: locked = 0, '200': right = 0 } = outcomesOf(guesses);
    expect(wrong + locked + right).toBe(GUESSES);
    expect(wrong).toBeLessThanOrEqual(ATTEMPTS);
    expectWaits(guesses);
    // each right one took back its own attempt, and no other
    expect(wrong + (await judgedUntilLocked(email))).toBe(ATTEMPTS);
  });

  it('gain nothing, wave after wave, by right passwords of strangers who come and go meanwhile', async () => {
    const email = await anOwner();
    let wrong = 0;
    for (let first = 0; first < GUESSES; first += WAVE) {
      const wave = await atOnce(WAVE, (index) => guess(first + index, email, index === WAVE / 2 ? 'wrong' : PASSWORD));
      const { [WRONG]: judged = 0, [LOCKED]: locked = 0, '200': right = 0 } = outcomesOf(wave);
      expect(judged + locked + right).toBe(WAVE);
      wrong += judged;
    }
    expect(wrong).toBeGreaterThan(0);
    expect(wrong + (await judgedUntilLocked(email))).toBe(ATTEMPTS);
  });

  it('from a known device close that device, and nobody else’s way', async () => {
    const email = await anOwner();
    const { device } = await signIn(services[0], email);
    const headers = { 'x-device-token': device };
    const guesses = await atOnce(GUESSES, (index) => guess(index, email, 'wrong', headers));
    expect(outcomesOf(guesses)).toEqual({ [WRONG]: ATTEMPTS, [LOCKED]: GUESSES - ATTEMPTS });
    expectWaits(guesses);
    expect(await judgedUntilLocked(email)).toBe(ATTEMPTS);
  });

  it('from strangers and from a known device are counted apart', async () => {
    const email = await anOwner();
    const { device } = await signIn(services[1], email);
    const fromDevice = (index: number) => Math.floor(index / 2) % 2 === 0;
    const guesses = await atOnce(GUESSES, (index) =>
      guess(index, email, 'wrong', fromDevice(index) ? { 'x-device-token': device } : {}),
    );
    const halves = [true, false].map((known) => guesses.filter((_, index) => fromDevice(index) === known));
    for (const half of halves) {
      expect(outcomesOf(half)).toEqual({ [WRONG]: ATTEMPTS, [LOCKED]: GUESSES / 2 - ATTEMPTS });
    }
  });
});

describe('at the same time', () => {
  it('of many uses of one unlock link one counts', async () => {
    const email = await anOwner();
    await judgedUntilLocked(email);
    await expectStatus(services[0].post('/auth/unlock/request', { email }), 204);
    const token = await eventually(async () => {
      const mails = await mailsTo(services[0], email);
      return secretIn(mails.find(({ text }) => text.includes('/unlock?'))?.text ?? '');
    });
    const uses = await atOnce(50, (index) => guessOver(at(index).port, '/api/auth/unlock-account', { token }));
    expect(tally(uses.map(({ outcome }) => outcome.slice(0, 3)))).toEqual({ 200: 1, 401: 49 });
  });

  it('an admin’s lift opens the bucket once, and the guesses that it meets are counted anew from there', async () => {
    const email = await anOwner();
    const admin = bearer(await signIn(services[0], ADMIN));
    expect(await judgedUntilLocked(email)).toBe(ATTEMPTS);
    const id = await idOfLockOn(email);
    const lifting = atOnce(4, (index) => at(index).post(`/admin/locks/${id}/lift`, undefined, admin));
    const guesses = await atOnce(GUESSES, (index) => guess(index, email));
    expect(tally((await lifting).map(({ status }) => status))).toEqual({ 204: 1, 404: 3 });
    const { [WRONG]: judged = 0, [LOCKED]: locked = 0 } = outcomesOf(guesses);
    expect(judged + locked).toBe(GUESSES);
    expect(judged + (await judgedUntilLocked(email))).toBe(ATTEMPTS);
  });
});
