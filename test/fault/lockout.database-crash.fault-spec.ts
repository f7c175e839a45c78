import { join } from 'node:path';
import { readPostmasterPid } from '../../src/database/embedded/postmaster-file';
import { createAccount, PASSWORD, signIn } from '../support/account-client';
import { DataFolder } from '../support/data-folder';
import { describeOnLinux } from '../support/describe-on-linux';
import { eventually } from '../support/eventually';
import { guessOver, networkOf, type Guessed } from '../support/lock-guesses';
import type { ServiceProcess } from '../support/service-process';
import { atOnce, tally } from '../support/two-processes';

const OWNER = 'owner@example.org';
const NOBODY = 'nobody@example.org';
const JUDGED = '401 invalid-credentials';
const LOCKED = '429 locked';
const RECOVERY_MS = 45_000;

interface BucketRow {
  readonly standing: string;
  readonly failures: number;
  readonly isLocked: boolean;
}

const folders: DataFolder[] = [];

function aFolder(): DataFolder {
  const folder = new DataFolder();
  folders.push(folder);
  return folder;
}

afterAll(() => Promise.all(folders.map((folder) => folder.dispose())));

const guess = (service: ServiceProcess, index: number, body: object, headers = {}): Promise<Guessed> =>
  guessOver(service.port, '/auth/login', { password: 'wrong', ...body }, { ...networkOf(index), ...headers });

const buckets = (folder: DataFolder): Promise<BucketRow[]> =>
  folder.ask(
    `SELECT standing, cardinality(failures) AS failures, coalesce(locked_until > now(), false) AS "isLocked"
     FROM locks ORDER BY standing, user_id`,
  );

/** Asks again until the service has its database back. */
async function judgedUntilLocked(service: ServiceProcess, body: object, headers = {}): Promise<number> {
  for (let judged = 0; ;) {
    const { outcome } = await eventually(async () => {
      const answer = await guess(service, 200 + judged, body, headers);
      if (![JUDGED, LOCKED].includes(answer.outcome)) throw new Error(answer.outcome);
      return answer;
    }, RECOVERY_MS);
    if (outcome === LOCKED) return judged;
    judged += 1;
  }
}

describeOnLinux('when the database is killed in the midst of guesses', () => {
  const ATTEMPTS = 60;
  const CLIENTS = 6;
  const CRASHES = 3;

  const folder = aFolder();
  const answers: { readonly target: number; readonly outcome: string }[] = [];
  let service: ServiceProcess;
  let targets: readonly { readonly body: object; readonly headers: object }[];
  let crashes = 0;

  beforeAll(async () => {
    service = await folder.start({ environment: { LOCKOUT_ATTEMPTS: String(ATTEMPTS), TRUST_PROXY: '1' } });
    await createAccount(service, OWNER);
    const { device } = await signIn(service, OWNER);
    targets = [
      { body: { email: OWNER }, headers: { 'x-device-token': device } },
      { body: { email: OWNER }, headers: {} },
      { body: { email: NOBODY }, headers: {} },
    ];
    await Promise.all(targets.map((_, target) => atOnce(CLIENTS, (client) => guessOn(target, client))));
  }, 240_000);

  const crash = (): void => {
    const pid = readPostmasterPid(join(folder.path, 'postgres'));
    if (pid === null) throw new Error('no server to kill');
    crashes += 1;
    process.kill(pid, 'SIGKILL');
  };

  const judged = (target: number): number =>
    answers.filter((answer) => answer.target === target && answer.outcome === JUDGED).length;

  /** One of several at a bucket, until it is told that the bucket is locked. */
  async function guessOn(target: number, client: number): Promise<void> {
    await eventually(async () => {
      const { body, headers } = targets[target]!;
      const { outcome } = await guess(service, client, body, headers);
      answers.push({ target, outcome });
      // every bucket is a quarter full, half full, three quarters full
      const isDue = Math.min(...targets.map((_, index) => judged(index))) >= (crashes + 1) * (ATTEMPTS / 4);
      if (crashes < CRASHES && isDue) crash();
      if (outcome !== LOCKED) throw new Error(outcome);
    }, 200_000);
  }

  it('guesses are cut off, and nothing is answered but that they are wrong, refused or could not be looked at', () => {
    expect(crashes).toBe(CRASHES);
    const outcomes = tally(answers.map(({ outcome }) => outcome));
    expect(Object.keys(outcomes).sort()).toEqual([JUDGED, LOCKED, '503 unavailable'].sort());
  });

  it.each([
    ['a known device', 0],
    ['strangers', 1],
    ['strangers at a name that nobody has', 2],
  ])('no more guesses of %s are judged than without a crash', (_whose, target) => {
    const outcomes = tally(answers.filter((answer) => answer.target === target).map(({ outcome }) => outcome));
    const { [JUDGED]: wrong = 0, '503 unavailable': unlooked = 0 } = outcomes;
    expect(wrong).toBeLessThanOrEqual(ATTEMPTS);
    // what is missing died after it was counted
    expect(wrong + unlooked).toBeGreaterThanOrEqual(ATTEMPTS);
  });

  it('every bucket has counted up to the limit, once each, and is locked', async () => {
    const rows = await buckets(folder);
    expect(rows).toEqual([
      { standing: 'device', failures: ATTEMPTS, isLocked: true },
      { standing: 'stranger', failures: ATTEMPTS, isLocked: true },
      { standing: 'stranger', failures: ATTEMPTS, isLocked: true },
    ]);
  });

  it('locks hold over a further crash', async () => {
    crash();
    for (const { body, headers } of targets) expect(await judgedUntilLocked(service, body, headers)).toBe(0);
  }, 90_000);

  it('because no table of the lockout forgets in a crash', async () => {
    const tables = await folder.ask(
      `SELECT relname, relpersistence FROM pg_class WHERE relname IN ('locks', 'devices', 'known_networks') ORDER BY 1`,
    );
    expect(tables).toEqual(['devices', 'known_networks', 'locks'].map((relname) => ({ relname, relpersistence: 'p' })));
  });
});

describeOnLinux('when the service is killed while guesses are judged', () => {
  const ATTEMPTS = 10;
  /** The right ones count as well: nobody was told that they were. */
  const IN_FLIGHT = ['wrong', PASSWORD, 'wrong', PASSWORD];
  const environment = { LOCKOUT_ATTEMPTS: String(ATTEMPTS), TRUST_PROXY: '1' };

  it('what was reserved stays counted, right or wrong', async () => {
    const folder = aFolder();
    // hashes so slow that none is done before all guesses are reserved
    const victim = await folder.start({ environment: { ...environment, BCRYPT_COST: '14' } });
    await createAccount(victim, OWNER);
    const dying = atOnce(IN_FLIGHT.length, (index) =>
      guess(victim, index, { email: OWNER, password: IN_FLIGHT[index] }),
    );
    await eventually(async () => expect((await buckets(folder))[0]?.failures).toBe(IN_FLIGHT.length));
    await victim.kill();
    expect(tally((await dying).map(({ outcome }) => outcome))).toEqual({ broken: IN_FLIGHT.length });

    const successor = await folder.start({ environment });
    // at a bucket that is locked nothing is hashed
    expect((await buckets(folder))[0]).toEqual({
      standing: 'stranger',
      failures: IN_FLIGHT.length,
      isLocked: false,
    });
    expect(await judgedUntilLocked(successor, { email: OWNER })).toBe(ATTEMPTS - IN_FLIGHT.length);
  }, 180_000);
});
