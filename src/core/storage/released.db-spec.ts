import { PassThrough, Readable } from 'node:stream';
import { eventually } from '../../../test/support/eventually';
import { StorageRoom } from '../../../test/support/storage-room';
import { NOBODY } from '../../kernel/ids';
import { ChangeMetadata } from './objects/change-metadata.flow';

const QUOTA = 25_000;
const WAIT = { code: 'too-many-requests', retryAfterSeconds: 420 };

let room: StorageRoom;
let ada: string;

beforeEach(async () => {
  room = await StorageRoom.open({ environment: { STORAGE_QUOTA_BYTES: String(QUOTA) } });
  ada = await room.anAccount();
});
afterEach(() => room.close());

const bytesOnDisk = () => room.sizesOnDisk().reduce((sum, size) => sum + size, 0);
const store = (path: string, bytes: number | Readable, creator: string | null = ada) =>
  room.store(path, typeof bytes === 'number' ? Buffer.alloc(bytes) : bytes, { creator });

/** How often a file of as many bytes can be replaced before it is refused. */
async function replaceUntilRefused(path: string, bytes: number, creator: string | null = ada): Promise<number> {
  for (let times = 0; times < 100; times += 1) {
    try {
      await store(path, bytes, creator);
    } catch (error) {
      expect(error).toMatchObject(WAIT);
      return times;
    }
  }
  throw new Error('It is never refused.');
}

/** As long as readers have, and the run before and the one after it. */
async function sweepLater(): Promise<void> {
  await room.sweep();
  room.clock.advanceSeconds(300);
  await room.sweep();
}

describe('bytes that were let go of', () => {
  it('count for their owner until they are swept: together with what he has they come to twice the quota', async () => {
    await store('a', 9000);
    // 9056 are charged for the file, 9000 for each former version of it
    expect(await replaceUntilRefused('a', 9000)).toBe(4);
    expect(bytesOnDisk()).toBe(5 * 9000);
    expect([await room.usage(ada), await room.released(ada)]).toEqual([9056, 4 * 9000]);
    await sweepLater();
    expect(await room.released(ada)).toBe(0);
    expect(await replaceUntilRefused('a', 9000)).toBe(4);
    expect(bytesOnDisk()).toBe(5 * 9000);
  });

  it('are refused at the beginning of an upload, when not one more byte has room', async () => {
    await store('a', 9944);
    await store('a', 10_000);
    await store('a', 10_000);
    await store('a', 10_000);
    await store('b', 9944);
    const source = new PassThrough();
    await expect(store('c', source)).rejects.toMatchObject(WAIT);
    expect(source.destroyed).toBe(true);
    expect(await room.blobStates()).not.toContain('coming');
  });

  it('are those of files that are deleted, too, which is never refused; nothing else is', async () => {
    const change = (metadata: Record<string, unknown>) =>
      room.get(ChangeMetadata).execute({ path: 'b', metadata, judge: () => undefined });
    await store('b', 10);
    for (let times = 0; times < 2; times += 1) {
      await store('a', 20_000);
      await room.remove('a');
    }
    await expect(store('a', 10_000)).rejects.toMatchObject(WAIT);
    await change({ description: 'd'.repeat(5000) });
    expect(await room.released(ada)).toBe(40_000);
    await room.remove('b');
    expect(await room.released(ada)).toBe(44_096);
    await sweepLater();
    await store('a', 20_000);
    expect(await room.countsOf(ada)).toEqual({ bytes: 20_056, released: 0 });
  });

  it('are counted as 4 KiB when they are fewer, so that they bound rows, too', async () => {
    await store('a', 1);
    expect(await replaceUntilRefused('a', 1)).toBe(11);
  });

  it('are each owner’s own, whoever overwrites; strangers share one allowance', async () => {
    await store('a', 9000);
    expect(await replaceUntilRefused('a', 9000, null)).toBe(4);
    await store('open/a', 9000, null);
    expect(await replaceUntilRefused('open/a', 9000, null)).toBe(4);
    await expect(store('open/b', 9000, null)).rejects.toMatchObject(WAIT);
    expect(await room.released(NOBODY)).toBe(4 * 9000);
    await store('other', 9000, await room.anAccount());
  });

  it('have no bound where there is no quota, and are counted all the same', async () => {
    const boundless = await StorageRoom.open({ beside: room, environment: { STORAGE_QUOTA_BYTES: '0' } });
    for (let times = 0; times < 10; times += 1) await boundless.store('a', Buffer.alloc(20_000), { creator: ada });
    expect(await room.released(ada)).toBe(9 * 20_000);
    await boundless.close();
  });

  it('keep nobody, whose quota was lowered, from one smaller file at a time', async () => {
    const stricter = await StorageRoom.open({ beside: room, environment: { STORAGE_QUOTA_BYTES: '5000' } });
    const shrink = (bytes: number) => stricter.store('a', Buffer.alloc(bytes), { creator: ada });
    await store('a', 20_000);
    await shrink(19_000);
    await expect(shrink(18_000)).rejects.toMatchObject(WAIT);
    await sweepLater();
    await shrink(18_000);
    await stricter.close();
  });
});

it('replacements of one file at once have no more on their way than the owner has room for', async () => {
  await store('a', 20_000);
  const sources = Array.from({ length: 8 }, () => new PassThrough());
  const storing = Promise.allSettled(sources.map((source) => store('a', source)));
  for (const source of sources) source.write(Buffer.alloc(20_000));
  await eventually(() => {
    expect(sources.filter(({ destroyed }) => destroyed)).toHaveLength(7);
  });
  expect(bytesOnDisk()).toBeLessThanOrEqual(2 * QUOTA);
  for (const source of sources) source.end();
  const results = await storing;
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await room.usage(ada)).toBe(20_056);
});

it('an upload that began when there was more room is stopped when others have taken it', async () => {
  const slow = new PassThrough();
  const storing = store('slow', slow);
  slow.write(Buffer.alloc(1000));
  await eventually(() => {
    expect(bytesOnDisk()).toBe(1000);
  });
  await store('quick', 20_000);
  slow.write(Buffer.alloc(10_000));
  await expect(storing).rejects.toMatchObject({ code: 'quota-exceeded' });
  expect(slow.destroyed).toBe(true);
});
