import { createPublicKey, randomBytes } from 'node:crypto';
import { encryptBytes, encryptRaw, sealedClients } from '../../../../test/support/sealed-clients';
import { startSealingProcess, type SealingProcess } from '../../../../test/support/sealing-process';
import { TestClock } from '../../../../test/support/test-clock';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database';
import { statement } from '../../../database/database.service';

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

const HERE = '203.0.113.7';
const keyIn = async (process: SealingProcess) => {
  const { id, publicDer } = await process.keys.current();
  return { id, key: publicDer.toString('base64') };
};
const open = (process: SealingProcess, keyId: number, ciphertext: string, network = HERE, isTold = true) =>
  process.passwords.open({ keyId, ciphertext, network, isTold });

describe('a sealing key', () => {
  it('is RSA of 2048 bits, one line of base64', async () => {
    const { id, key } = await keyIn(one);
    expect(id).toEqual(expect.any(Number));
    expect(key).toMatch(/^[A-Za-z0-9+/]+=*$/);
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey({
      key: Buffer.from(key, 'base64'),
      format: 'der',
      type: 'pkcs1',
    });
    expect([asymmetricKeyType, asymmetricKeyDetails?.modulusLength]).toEqual(['rsa', 2048]);
  });

  it('is one for all who ask within three seconds, in all processes', async () => {
    const asked = await Promise.all(Array.from({ length: 200 }, (_, index) => keyIn(index % 2 === 0 ? one : two)));
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
    clock.advanceSeconds(2.999);
    expect((await keyIn(two)).id).toBe(asked[0]?.id);
    clock.advanceSeconds(0.001);
    const later = await Promise.all([keyIn(one), keyIn(two), keyIn(one)]);
    expect(new Set(later.map(({ id }) => id)).size).toBe(1);
    expect(later[0].id).not.toBe(asked[0]?.id);
  });

  it('opens in every process, for two minutes', async () => {
    const { id, key } = await keyIn(one);
    const ciphertexts = await Promise.all(
      [1, 2, 3].map(async () => (await sealedClients['jsencrypt']?.('secret', key)) ?? ''),
    );
    expect(await open(two, id, ciphertexts[0] ?? '')).toMatchObject({ password: 'secret', isWhole: true });
    clock.advanceSeconds(119.999);
    expect((await open(one, id, ciphertexts[1] ?? '')).isWhole).toBe(true);
    clock.advanceSeconds(0.001);
    const late = await open(one, id, ciphertexts[2] ?? '');
    expect([late.isWhole, late.password]).toEqual([false, expect.stringMatching(/^[0-9a-f]{32}$/)]);
  });

  it('is retired for a network that has failed twenty times with it, and not handed out any more', async () => {
    const { id, key } = await keyIn(one);
    const ciphertext = (await sealedClients['jsencrypt']?.('secret', key)) ?? '';
    for (let failure = 0; failure < 19; failure += 1) await one.keys.noteFailure(id, HERE);
    expect((await open(two, id, ciphertext)).isWhole).toBe(true);
    expect((await keyIn(one)).id).toBe(id);
    await one.keys.noteFailure(id, HERE);
    expect((await open(two, id, ciphertext)).isWhole).toBe(false);
    expect((await open(two, id, ciphertext, '198.51.100.7')).isWhole).toBe(true);
    expect((await keyIn(one)).id).not.toBe(id);
  });

  it('is replaced early once in three seconds at most, however many failures there are, in all processes', async () => {
    const ids: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const process = round % 2 === 0 ? one : two;
      const { id } = await keyIn(process);
      ids.push(id);
      for (let failure = 0; failure < 20; failure += 1)
        await process.keys.noteFailure(id, `198.51.100.${String(round)}`);
    }
    expect(new Set(ids).size).toBe(2);
    clock.advanceSeconds(3);
    expect(ids).not.toContain((await keyIn(one)).id);
  });

  it('is retired for everybody after 400 failures of many networks, where the answer would tell; sign-in goes on', async () => {
    const { id, key } = await keyIn(one);
    const ciphertext = encryptBytes(Buffer.from('secret'), key);
    for (let failure = 0; failure < 399; failure += 1) await one.keys.noteFailure(id, `198.51.100.${failure % 21}`);
    expect((await open(two, id, ciphertext)).isWhole).toBe(true);
    await one.keys.noteFailure(id, '198.51.100.0');
    expect((await open(two, id, ciphertext)).isWhole).toBe(false);
    expect((await open(two, id, ciphertext, HERE, false)).isWhole).toBe(true);
  });

  it('that this process cannot open is none of the caller’s faults: nothing is judged', async () => {
    const { id, key } = await keyIn(one);
    const ciphertext = encryptBytes(Buffer.from('secret'), key);
    const flip = () =>
      statement(
        test.database.pool,
        `UPDATE sealing_keys SET sealed_private = set_byte(sealed_private, 0, get_byte(sealed_private, 0) # 1) WHERE id = $1`,
        [id],
      );
    await flip();
    await expect(open(two, id, ciphertext)).rejects.toMatchObject({ code: 'unavailable' });
    await flip();
    expect(await open(two, id, ciphertext)).toMatchObject({ password: 'secret', isWhole: true });
  });

  it('keeps no private part in the clear, and goes when it has expired', async () => {
    const { id } = await keyIn(one);
    await one.keys.noteFailure(id, HERE);
    const rowsOf = async () =>
      (await statement<{ sealed: Buffer }>(test.database.pool, 'SELECT sealed_private AS sealed FROM sealing_keys'))
        .rows;
    for (const { sealed } of await rowsOf())
      expect(sealed.includes(Buffer.from('2a864886f70d010101', 'hex'))).toBe(false);
    clock.advanceSeconds(120);
    await one.jobs.runNow('purge-sealing-keys');
    expect(await rowsOf()).toEqual([]);
  });
});

const PASSWORDS = ['secret', 'пароль с пробелами', 'zażółć gęślą jaźń', '😀 emoji 👩‍👩‍👧‍👦', 'x'.repeat(128)];

describe.each(Object.keys(sealedClients))('what %s encrypts', (name) => {
  it.each(PASSWORDS)('opens as it was typed: %s', async (password) => {
    const { id, key } = await keyIn(one);
    const ciphertext = (await sealedClients[name]?.(password, key)) ?? '';
    expect(ciphertext).toMatch(/^[A-Za-z0-9+/]{342}==$/);
    expect(await open(one, id, ciphertext)).toMatchObject({ password, isWhole: true });
  });
});

it('with the hardened profile PKCS1-v1_5 opens to nothing, OAEP opens', async () => {
  const hardened = await startSealingProcess(test.url, clock, { PROFILE: 'hardened' });
  const { id, key } = await keyIn(hardened);
  const opened = await Promise.all(
    Object.values(sealedClients).map(async (encrypt) => open(hardened, id, await encrypt('secret', key))),
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
  const opened = await open(one, id, make(key));
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
  const opened = await open(one, id, encryptBytes(Buffer.from('secret'), key));
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
