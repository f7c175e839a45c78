import { randomBytes } from 'node:crypto';
import { encryptBytes, encryptRaw, sealedClients } from '../../../../test/support/sealed-clients';
import { keyIn, openedIn, startSealingProcess, type SealingProcess } from '../../../../test/support/sealing-process';
import { TestClock } from '../../../../test/support/test-clock';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database';

const clock = new TestClock();
let test: TestDatabase;
let one: SealingProcess;
let two: SealingProcess;

beforeAll(async () => {
  test = await createTestDatabase();
  [one, two] = await Promise.all([startSealingProcess(test.url, clock), startSealingProcess(test.url, clock)]);
});
afterAll(async () => {
  await Promise.all([one.stop(), two.stop()]);
  await test.drop();
});
beforeEach(() => {
  clock.advanceSeconds(10);
});

const PASSWORDS = ['secret', 'пароль с пробелами', 'zażółć gęślą jaźń', '😀 emoji 👩‍👩‍👧‍👦', 'x'.repeat(128)];

describe.each(Object.keys(sealedClients))('what %s encrypts', (name) => {
  it.each(PASSWORDS)('opens as it was typed: %s', async (password) => {
    const { id, key } = await keyIn(one);
    const ciphertext = (await sealedClients[name]?.(password, key)) ?? '';
    expect(ciphertext).toMatch(/^[A-Za-z0-9+/]{342}==$/);
    expect(await openedIn(one, id, ciphertext)).toMatchObject({ password, isWhole: true });
  });
});

it('with the hardened profile PKCS1-v1_5 opens to nothing, OAEP opens', async () => {
  const hardened = await startSealingProcess(test.url, clock, { PROFILE: 'hardened' });
  const { id, key } = await keyIn(hardened);
  const opened = await Promise.all(
    Object.values(sealedClients).map(async (encrypt) => openedIn(hardened, id, await encrypt('secret', key))),
  );
  expect(opened.map(({ isWhole }) => isWhole)).toEqual([false, true, true]);
  await hardened.stop();
});

it.each<[string, (key: string) => string]>([
  ['no base64', () => 'not base64!'],
  ['base64url', () => randomBytes(256).toString('base64url')],
  ['base64 with a line break', (key) => `${encryptBytes(Buffer.from('secret'), key)}\n`],
  ['of 255 bytes', () => randomBytes(255).toString('base64')],
  ['of 257 bytes', () => randomBytes(257).toString('base64')],
  ['empty', () => ''],
  ['base64 with bits left over', (key) => withBitsLeftOver(encryptBytes(Buffer.from('secret'), key))],
  ['above the modulus', () => Buffer.alloc(256, 0xff).toString('base64')],
  ['zero', () => Buffer.alloc(256).toString('base64')],
  ['random', () => Buffer.concat([Buffer.of(0), randomBytes(255)]).toString('base64')],
  ['a block without padding', (key) => encryptRaw(Buffer.concat([Buffer.of(0), randomBytes(255)]), key)],
  ['bytes that are no text', (key) => encryptBytes(Buffer.of(0xff, 0xfe), key)],
])('a ciphertext that is %s is not whole, and no error', async (_what, make) => {
  const { id, key } = await keyIn(one);
  const opened = await openedIn(one, id, make(key));
  expect(opened.isWhole).toBe(false);
  expect(opened.password).not.toBe('');
});

/** The last of its characters stands for two bits; the four others are to be zero (RFC 4648 §3.5). */
function withBitsLeftOver(base64: string): string {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return `${base64.slice(0, -3)}${digits.charAt(digits.indexOf(base64.charAt(341)) + 1)}==`;
}

it.each([0, -1, 999_999, 2 ** 31 - 1])('the key %d, which there is not, opens nothing', async (id) => {
  const { key } = await keyIn(one);
  const opened = await openedIn(one, id, encryptBytes(Buffer.from('secret'), key));
  expect([opened.isWhole, opened.password]).toEqual([false, expect.stringMatching(/^[0-9a-f]{32}$/)]);
});

describe('a ciphertext', () => {
  const take = (process: SealingProcess, digest: Buffer, codeFor: string | null = null) =>
    process.uses.take(process.database.pool, digest, codeFor);

  it('is good once: of 50 uses at once, in two processes, one counts', async () => {
    const digest = randomBytes(32);
    const taken = await Promise.all(
      Array.from({ length: 50 }, (_, index) => take(index % 2 === 0 ? one : two, digest, 'ann')),
    );
    expect(taken.filter((isFirst) => isFirst)).toHaveLength(1);
  });

  it('may come once more with a code, for the name whose second factor is awaited', async () => {
    const digest = randomBytes(32);
    expect(await take(one, digest)).toBe(true);
    await one.uses.awaitCode(one.database.pool, digest, 'Ann');
    expect([await take(one, digest), await take(one, digest, 'bob')]).toEqual([false, false]);
    const taken = await Promise.all(
      Array.from({ length: 20 }, (_, index) => take(index % 2 === 0 ? one : two, digest, 'ann')),
    );
    expect(taken.filter((isFirst) => isFirst)).toHaveLength(1);
  });
});
