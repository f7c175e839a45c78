import { TestClock } from '../../../test/support/test-clock';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database';
import { parseSettings } from '../../config/settings';
import { statement, type Tx } from '../../database/database.service';
import { newId } from '../../kernel/ids';
import { MasterKeyring } from '../../platform/keys/master-keyring.service';
import { STEP_SECONDS, stepAt, totpCodeAt } from './totp-code';
import { Totp } from './totp.service';

const KEEP_SECONDS = 1000;
const keyring = new MasterKeyring(parseSettings({ MASTER_KEY: Buffer.alloc(32, 9).toString('base64') }));

let test: TestDatabase;
let tx: Tx;
let clock: TestClock;
let totp: Totp;

beforeAll(async () => {
  test = await createTestDatabase();
  tx = test.database.pool;
});
beforeEach(() => {
  clock = new TestClock();
  totp = new Totp(clock, keyring);
});
afterAll(() => test.drop());

async function aUser(): Promise<string> {
  const id = newId();
  await statement(
    tx,
    `INSERT INTO users (id, email, email_canonical, created_at, updated_at) VALUES ($1, $2, $2, $3, $3)`,
    [id, `${id}@example.org`, clock.now()],
  );
  return id;
}

const codeOf = (secret: Buffer, steps = 0) => totpCodeAt(secret, stepAt(clock.now()) + steps);

async function enable(userId: string): Promise<Buffer> {
  const secret = await totp.generate(tx, userId, null);
  await totp.enable(tx, userId, null, codeOf(secret));
  return secret;
}

async function retired(): Promise<{ userId: string; secret: Buffer; formerId: string }> {
  const userId = await aUser();
  const secret = await enable(userId);
  const formerId = await totp.retire(tx, userId, KEEP_SECONDS);
  if (formerId === null) throw new Error('nothing was enabled');
  return { userId, secret, formerId };
}

async function formerCount(userId: string): Promise<number> {
  return (await statement(tx, `SELECT 1 FROM former_totp WHERE user_id = $1`, [userId])).rows.length;
}

describe('a factor that is retired', () => {
  it('is none any more', async () => {
    const { userId, secret } = await retired();
    clock.advanceSeconds(STEP_SECONDS);
    expect(await totp.isEnabled(tx, userId)).toBe(false);
    expect(await totp.spend(tx, userId, codeOf(secret))).toBe(false);
  });

  it('is only an enabled one', async () => {
    const userId = await aUser();
    await totp.generate(tx, userId, null);
    expect(await totp.retire(tx, userId, KEEP_SECONDS)).toBeNull();
    expect(await formerCount(userId)).toBe(0);
  });

  it('comes back in place of whatever was enabled after it, once', async () => {
    const { userId, secret, formerId } = await retired();
    const later = await enable(userId);
    expect(await totp.reinstate(tx, userId, formerId)).toBe(true);
    clock.advanceSeconds(3 * STEP_SECONDS);
    expect(await totp.spend(tx, userId, codeOf(later))).toBe(false);
    expect(await totp.spend(tx, userId, codeOf(secret))).toBe(true);
    expect(await totp.reinstate(tx, userId, formerId)).toBe(false);
  });

  it('comes back beside other former ones', async () => {
    const { userId, formerId } = await retired();
    const second = await enable(userId);
    const secondId = (await totp.retire(tx, userId, KEEP_SECONDS)) ?? '';
    expect(await totp.reinstate(tx, userId, formerId)).toBe(true);
    expect(await totp.reinstate(tx, userId, secondId)).toBe(true);
    clock.advanceSeconds(3 * STEP_SECONDS);
    expect(await totp.spend(tx, userId, codeOf(second))).toBe(true);
  });

  it('takes no code again that may have been used, nor one that was acceptable as it came back', async () => {
    const userId = await aUser();
    const secret = await enable(userId);
    clock.advanceSeconds(STEP_SECONDS);
    const ahead = codeOf(secret, 1);
    expect(await totp.spend(tx, userId, ahead)).toBe(true);
    const formerId = (await totp.retire(tx, userId, KEEP_SECONDS)) ?? '';
    expect(await totp.reinstate(tx, userId, formerId)).toBe(true);
    for (const steps of [-1, 0, 1]) expect(await totp.spend(tx, userId, codeOf(secret, steps))).toBe(false);
    clock.advanceSeconds(STEP_SECONDS);
    expect(await totp.spend(tx, userId, ahead)).toBe(false);
    expect(await totp.spend(tx, userId, codeOf(secret, 1))).toBe(true);
  });

  it('comes back to its own account only', async () => {
    const { formerId } = await retired();
    const other = await aUser();
    const secret = await enable(other);
    expect(await totp.reinstate(tx, other, formerId)).toBe(false);
    clock.advanceSeconds(STEP_SECONDS);
    expect(await totp.spend(tx, other, codeOf(secret))).toBe(true);
  });

  it('is kept as long as was asked, and then deleted', async () => {
    const { userId, formerId } = await retired();
    clock.advanceSeconds(KEEP_SECONDS - 1);
    await totp.purge(tx);
    expect(await formerCount(userId)).toBe(1);
    clock.advanceSeconds(1);
    expect(await totp.reinstate(tx, userId, formerId)).toBe(false);
    await totp.purge(tx);
    expect(await formerCount(userId)).toBe(0);
  });

  it('goes with its account', async () => {
    const { userId } = await retired();
    await statement(tx, `DELETE FROM users WHERE id = $1`, [userId]);
    expect(await formerCount(userId)).toBe(0);
  });

  it('of ten undos at once comes back to one', async () => {
    const { userId, formerId } = await retired();
    const all = await Promise.all(Array.from({ length: 10 }, () => totp.reinstate(tx, userId, formerId)));
    expect(all.filter(Boolean)).toHaveLength(1);
  });
});
