import { randomBytes } from 'node:crypto';
import type { Logger } from 'typeorm';
import { eventually } from '../../../test/support/eventually';
import { TestClock } from '../../../test/support/test-clock';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database';
import { parseSettings } from '../../config/settings';
import { statement, type Tx } from '../../database/database.service';
import { newId } from '../../kernel/ids';
import { MasterKeyError } from '../../platform/keys/master-key.error';
import { MasterKeyring } from '../../platform/keys/master-keyring.service';
import { stepAt, totpCodeAt } from './totp-code';
import { totpContext } from './totp-context';
import { TotpSealing } from './totp-sealing.service';
import { newTotpSecret } from './totp-secret';
import { Totp } from './totp.service';

const [A, B, C] = [newKey(), newKey(), newKey()];

let test: TestDatabase;
let clock: TestClock;

beforeAll(async () => {
  test = await createTestDatabase();
});
beforeEach(async () => {
  clock = new TestClock();
  await statement(test.database.pool, 'TRUNCATE users CASCADE');
});
afterAll(() => test.drop());

function newKey(): string {
  return randomBytes(32).toString('base64');
}

const keyring = (...keys: readonly string[]) => new MasterKeyring(parseSettings({ MASTER_KEY: keys.join(',') }));
const totpUnder = (...keys: readonly string[]) => new Totp(clock, keyring(...keys));
const start = (...keys: readonly string[]) => new TotpSealing(test.database, keyring(...keys)).onModuleInit();

async function aUser(): Promise<string> {
  const id = newId();
  await statement(
    test.database.pool,
    `INSERT INTO users (id, email, email_canonical, created_at, updated_at) VALUES ($1, $2, $2, $3, $3)`,
    [id, `${id}@example.org`, clock.now()],
  );
  return id;
}

/** A factor that has just been generated, sealed under the first of the keys. */
async function aWaitingFactor(...keys: readonly string[]): Promise<{ userId: string; secret: Buffer }> {
  const userId = await aUser();
  return { userId, secret: await totpUnder(...keys).generate(test.database.pool, userId, null) };
}

async function aFactor(...keys: readonly string[]): Promise<{ userId: string; secret: Buffer }> {
  const factor = await aWaitingFactor(...keys);
  await totpUnder(...keys).enable(test.database.pool, factor.userId, null, codeOf(factor.secret));
  return factor;
}

async function aFormerFactor(...keys: readonly string[]): Promise<{ userId: string; secret: Buffer; id: string }> {
  const factor = await aFactor(...keys);
  return { ...factor, id: (await totpUnder(...keys).retire(test.database.pool, factor.userId, 3600)) ?? '' };
}

/** Thousands of enabled factors at once. */
async function manyFactors(count: number, key: string): Promise<void> {
  const ring = keyring(key);
  const ids = Array.from({ length: count }, newId).sort();
  const sealed = ids.map((id) => ring.seal(newTotpSecret(), totpContext(id)));
  await statement(
    test.database.pool,
    `INSERT INTO users (id, username, username_canonical, created_at, updated_at)
     SELECT id, id, id, $2, $2 FROM unnest($1::uuid[]) AS id`,
    [ids, clock.now()],
  );
  await statement(
    test.database.pool,
    `INSERT INTO totp (user_id, sealed_secret, generated_at, enabled_at)
     SELECT id, sealed, $3, $3 FROM unnest($1::uuid[], $2::bytea[]) AS made (id, sealed)`,
    [ids, sealed, clock.now()],
  );
}

const codeOf = (secret: Buffer) => totpCodeAt(secret, stepAt(clock.now()));

/** Signs in with a code that nobody has used. */
function spendFresh(totp: Totp, { userId, secret }: { userId: string; secret: Buffer }): Promise<boolean> {
  return test.database.transaction((tx) => totp.spend(tx, userId, codeOf(secret)));
}

async function sealedRows(): Promise<{ id: string; sealed: Buffer }[]> {
  const { rows } = await statement<{ id: string; sealed: Buffer }>(
    test.database.pool,
    `SELECT user_id AS id, sealed_secret AS sealed FROM totp
     UNION ALL SELECT user_id, sealed_secret FROM former_totp ORDER BY 1`,
  );
  return rows;
}

it('every factor outlives a rotation of the master key: enabled, waiting, or kept for an undo', async () => {
  const [enabled, waiting, former] = [await aFactor(A), await aWaitingFactor(A), await aFormerFactor(A)];
  await start(A);
  await start(B, A);
  await start(B);
  clock.advanceSeconds(90);
  const totp = totpUnder(B);
  expect(await spendFresh(totp, enabled)).toBe(true);
  await totp.enable(test.database.pool, waiting.userId, null, codeOf(waiting.secret));
  expect(await totp.reinstate(test.database.pool, former.userId, former.id)).toBe(true);
  clock.advanceSeconds(90);
  expect(await spendFresh(totp, former)).toBe(true);
});

it('a code that was spent before a rotation stays spent', async () => {
  const factor = await aFactor(A);
  clock.advanceSeconds(30);
  expect(await spendFresh(totpUnder(A), factor)).toBe(true);
  await start(B, A);
  expect(await spendFresh(totpUnder(B), factor)).toBe(false);
});

it.each([
  ['a factor', aFactor],
  ['a factor kept for an undo', aFormerFactor],
])('a start without the master key of %s is refused and changes nothing', async (_what, make) => {
  await make(A);
  await aFactor(C);
  const before = await sealedRows();
  const refused = start(B, C);
  await expect(refused).rejects.toThrow(MasterKeyError);
  await expect(refused).rejects.toThrow(/second factor.*another master key.*MASTER_KEY/);
  for (const key of [A, B, C]) await expect(refused).rejects.not.toThrow(key.slice(0, 12));
  expect(await sealedRows()).toEqual(before);
});

it('a secret that was moved to another account stops the rotation, named by its account', async () => {
  const [one, other] = [await aFactor(A), await aFactor(A)];
  await statement(
    test.database.pool,
    `UPDATE totp SET sealed_secret = (SELECT sealed_secret FROM totp WHERE user_id = $1) WHERE user_id = $2`,
    [one.userId, other.userId],
  );
  await expect(start(B, A)).rejects.toThrow(`totp/${other.userId}`);
});

it('two processes that start at once seal all of many factors anew', async () => {
  await manyFactors(1_250, A);
  await aFactor(C);
  await Promise.all([start(B, A, C), start(B, A, C)]);
  const ring = keyring(B);
  for (const { id, sealed } of await sealedRows()) ring.open(sealed, totpContext(id));
});

it('a right code counts, and counts once, when its secret is sealed anew as it is judged', async () => {
  const factor = await aFactor(A);
  clock.advanceSeconds(30);
  const rotation: Promise<void>[] = [];
  const isRight = await test.database.transaction(async (tx) => {
    afterFirstQuery(tx, async () => {
      let isDone = false;
      rotation.push(start(B, A).then(() => void (isDone = true)));
      await eventually(async () => {
        expect(isDone || (await isAnyoneWaiting())).toBe(true);
      });
    });
    return totpUnder(A, B).spend(tx, factor.userId, codeOf(factor.secret));
  });
  await Promise.all(rotation);
  expect(isRight).toBe(true);
  await start(B);
  expect(await spendFresh(totpUnder(B), factor)).toBe(false);
  clock.advanceSeconds(30);
  expect(await spendFresh(totpUnder(B), factor)).toBe(true);
});

it('a secret that is replaced as it is sealed anew stays replaced', async () => {
  const { userId } = await aWaitingFactor(A);
  const rotation: Promise<void>[] = [];
  const fresh = await test.database.transaction(async (tx) => {
    const secret = await totpUnder(A).generate(tx, userId, null);
    rotation.push(start(B, A));
    await eventually(async () => {
      expect(await isAnyoneWaiting()).toBe(true);
    });
    return secret;
  });
  await Promise.all(rotation);
  await totpUnder(B).enable(test.database.pool, userId, null, codeOf(fresh));
});

it('a start without a rotation reads no table from end to end', async () => {
  await manyFactors(3_000, B);
  await statement(test.database.pool, 'ANALYZE totp');
  const plans: string[] = [];
  for (const [sql, parameters] of await statementsOf(() => start(B, A))) {
    const { rows } = await statement<{ 'QUERY PLAN': string }>(test.database.pool, `EXPLAIN ${sql}`, parameters);
    plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
  }
  const ofTotp = plans.filter((plan) => / on totp\b/.test(plan));
  expect(ofTotp).toHaveLength(2);
  for (const plan of ofTotp) expect(plan).toMatch(/Index.* using ix_totp__sealed_under on totp/);
});

function afterFirstQuery(tx: Tx, work: () => Promise<void>): void {
  const runner = tx.queryRunner;
  if (!runner) throw new Error('this is no transaction');
  const query = runner.query.bind(runner);
  jest.spyOn(runner, 'query').mockImplementationOnce(async (sql, parameters) => {
    const result: unknown = await query(sql, parameters, true);
    await work();
    return result;
  });
}

/** Whether anybody waits for a lock in the database. */
async function isAnyoneWaiting(): Promise<boolean> {
  const { rows } = await statement(
    test.database.pool,
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows.length > 0;
}

async function statementsOf(work: () => Promise<void>): Promise<[sql: string, parameters: unknown[]][]> {
  const seen: [string, unknown[]][] = [];
  const ignore = () => undefined;
  const logger: Logger = {
    logQuery: (sql, parameters) => seen.push([sql, (parameters ?? []) as unknown[]]),
    logQueryError: ignore,
    logQuerySlow: ignore,
    logSchemaBuild: ignore,
    logMigration: ignore,
    log: ignore,
  };
  const former = test.dataSource.logger;
  test.dataSource.logger = logger;
  try {
    await work();
    return seen;
  } finally {
    test.dataSource.logger = former;
  }
}
