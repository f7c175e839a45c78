import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import { eventually } from '../../../../test/support/eventually';
import { encryptBytes, sealedClients } from '../../../../test/support/sealed-clients';
import {
  HERE,
  keyIn,
  openedIn,
  RETIRED,
  startSealingProcess,
  type SealingProcess,
} from '../../../../test/support/sealing-process';
import { TestClock } from '../../../../test/support/test-clock';
import { atOnce } from '../../../../test/support/two-processes';
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

const fail = async ({ database, keys }: SealingProcess, id: number, network: string, times: number) => {
  for (let failure = 0; failure < times; failure += 1) await keys.noteFailure(database.pool, id, network);
};

const untilOneWaits = () =>
  eventually(async () => {
    const waits = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    expect((await statement(test.database.pool, waits)).rows).toHaveLength(1);
  });

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
    expect(await openedIn(two, id, ciphertexts[0] ?? '')).toMatchObject({ password: 'secret', isWhole: true });
    clock.advanceSeconds(119.999);
    expect((await openedIn(one, id, ciphertexts[1] ?? '')).isWhole).toBe(true);
    clock.advanceSeconds(0.001);
    const late = await openedIn(one, id, ciphertexts[2] ?? '');
    expect([late.isWhole, late.password]).toEqual([false, expect.stringMatching(/^[0-9a-f]{32}$/)]);
  });

  it('is retired for a network that has failed twenty times with it, but not for who is known there', async () => {
    const { id, key } = await keyIn(one);
    const ciphertext = (await sealedClients['jsencrypt']?.('secret', key)) ?? '';
    await fail(one, id, HERE, 19);
    expect((await openedIn(two, id, ciphertext)).isWhole).toBe(true);
    expect((await keyIn(one)).id).toBe(id);
    await fail(one, id, HERE, 1);
    expect(await openedIn(two, id, ciphertext)).toBe(RETIRED);
    expect((await openedIn(two, id, ciphertext, { network: '198.51.100.7' })).isWhole).toBe(true);
    expect(await openedIn(two, id, ciphertext, { isTold: false })).toBe(RETIRED);
    expect((await openedIn(two, id, ciphertext, { network: null, isTold: false })).isWhole).toBe(true);
  });

  it('that is retired is not handed out any more, by other processes after half a second', async () => {
    const { id } = await keyIn(one);
    expect((await keyIn(two)).id).toBe(id);
    await fail(one, id, HERE, 20);
    const other = (await keyIn(one)).id;
    expect(other).not.toBe(id);
    clock.advanceSeconds(0.5);
    expect((await keyIn(two)).id).toBe(other);
  });

  it('is replaced early once in three seconds at most, however many failures there are, in all processes', async () => {
    const ids: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const process = round % 2 === 0 ? one : two;
      const { id } = await keyIn(process);
      ids.push(id);
      await fail(process, id, `198.51.100.${String(round)}`, 20);
      clock.advanceSeconds(0.5);
    }
    expect(new Set(ids).size).toBe(2);
    clock.advanceSeconds(3);
    expect(ids).not.toContain((await keyIn(one)).id);
  });

  it('is retired for everybody after 400 failures of many networks, where the answer would tell; sign-in goes on', async () => {
    const { id, key } = await keyIn(one);
    const ciphertext = encryptBytes(Buffer.from('secret'), key);
    for (let network = 0; network < 21; network += 1) await fail(one, id, `198.51.100.${String(network)}`, 19);
    expect((await openedIn(two, id, ciphertext)).isWhole).toBe(true);
    await fail(one, id, '198.51.100.0', 1);
    expect(await openedIn(two, id, ciphertext)).toBe(RETIRED);
    expect((await openedIn(two, id, ciphertext, { isTold: false })).isWhole).toBe(true);
    expect((await keyIn(one)).id).not.toBe(id);
  });

  it('that all networks together have retired is not handed out, though none has alone', async () => {
    const { id } = await keyIn(one);
    for (let network = 0; network < 22; network += 1) await fail(two, id, `198.51.100.${String(network)}`, 19);
    clock.advanceSeconds(0.5);
    const other = (await keyIn(one)).id;
    expect(other).not.toBe(id);
    await fail(two, other, HERE, 20);
    clock.advanceSeconds(0.5);
    expect([(await keyIn(one)).id, (await keyIn(two)).id]).toEqual([other, other]);
  });

  it('is not retired for others by one network, however often that fails', async () => {
    const { id, key } = await keyIn(one);
    await fail(one, id, '198.51.100.7', 401);
    expect((await openedIn(one, id, encryptBytes(Buffer.from('secret'), key))).isWhole).toBe(true);
  });

  it.each([
    ['one network', 20, 0, () => HERE],
    ['all networks', 400, 20, (guess: number) => `203.0.113.${String(guess)}`],
  ])(
    'opens no more that is no good for %s than %d, of any number at once',
    async (_whose, allowed, before, networkOf) => {
      const { id } = await keyIn(one);
      for (let network = 0; network < before; network += 1) await fail(one, id, `198.51.100.${String(network)}`, 19);
      const judge = (process: SealingProcess, network: string) =>
        process.database.transaction(async (tx) => {
          const ciphertext = randomBytes(256).toString('base64');
          const opened = await process.passwords.open(tx, { keyId: id, ciphertext, network, isTold: true });
          if (opened) await process.keys.noteFailure(tx, id, network);
          return opened;
        });
      const judged = await atOnce(60, (guess) => judge(guess % 2 ? one : two, networkOf(guess)));
      expect(judged.filter((opened) => opened !== null)).toHaveLength(allowed - before * 19);
    },
  );

  it('that is purged while something fails with it is none, and no error', async () => {
    const { id } = await keyIn(one);
    const { failing } = await one.database.transaction(async (tx) => {
      await statement(tx, 'DELETE FROM sealing_keys WHERE id = $1', [id]);
      const waiting = two.keys.noteFailure(two.database.pool, id, HERE).then(() => 'no error');
      await untilOneWaits();
      return { failing: waiting };
    });
    expect(await failing).toBe('no error');
  });

  it('whose number is another’s later opens nothing of the former', async () => {
    const former = await keyIn(one);
    const recorded = encryptBytes(Buffer.from('secret'), former.key);
    expect((await openedIn(one, former.id, recorded)).isWhole).toBe(true);
    await statement(test.database.pool, 'DELETE FROM sealing_keys');
    await statement(test.database.pool, `ALTER TABLE sealing_keys ALTER COLUMN id RESTART WITH ${String(former.id)}`);
    clock.advanceSeconds(3);
    const { id, key } = await keyIn(one);
    expect(id).toBe(former.id);
    expect((await openedIn(one, id, recorded)).isWhole).toBe(false);
    expect((await openedIn(one, id, encryptBytes(Buffer.from('secret'), key))).isWhole).toBe(true);
  });

  it('is never the pair that stands in where there is no key', async () => {
    const process = await startSealingProcess(test.url, clock);
    const decoy = createPublicKey(createPrivateKey({ key: await process.keys.decoy(), format: 'der', type: 'pkcs8' }));
    const { key } = await keyIn(process);
    expect(decoy.export({ format: 'der', type: 'pkcs1' }).toString('base64')).not.toBe(key);
    await process.stop();
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
    await expect(openedIn(two, id, ciphertext)).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 5 });
    await flip();
    expect(await openedIn(two, id, ciphertext)).toMatchObject({ password: 'secret', isWhole: true });
  });

  it('keeps no private part in the clear, and goes when it has expired', async () => {
    const { id } = await keyIn(one);
    await fail(one, id, HERE, 1);
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
