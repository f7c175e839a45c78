import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { newBlobKey } from '../../src/core/storage/blobs/blob-key';
import type { Blobs } from '../../src/core/storage/blobs/blobs.port';

export interface BlobsUnderTest {
  readonly blobs: Blobs;
  /** Everything that lies in the store under this key, whole or not. */
  tracesOf(key: string): Promise<string[]>;
  /** What a process leaves that is killed in the middle of a large write. */
  leaveDebris(key: string): Promise<void>;
}

const MIB = 1024 * 1024;

/** What every implementation of the port must hold. */
export function describeBlobs(make: () => BlobsUnderTest): void {
  let blobs: Blobs;
  let tracesOf: BlobsUnderTest['tracesOf'];
  let leaveDebris: BlobsUnderTest['leaveDebris'];
  let key: string;
  beforeEach(() => {
    ({ blobs, tracesOf, leaveDebris } = make());
    key = newBlobKey();
  });

  const readAll = async (range?: { start: number; end: number }) => buffer(await blobs.read(key, range));

  it.each([
    ['nothing', 0],
    ['one byte', 1],
    ['less than a part', 3 * MIB + 17],
    ['exactly a part', 5 * MIB],
    ['exactly two parts', 10 * MIB],
    ['several parts and a rest', 17 * MIB + 1],
  ])('gives back %s as it was stored', async (_what, size) => {
    const bytes = randomBytes(size);
    await blobs.write(key, chunksOf(bytes, 61_441));
    expect(sha256(await readAll())).toBe(sha256(bytes));
  });

  it('takes chunks of any size', async () => {
    const bytes = randomBytes(20 * MIB);
    await blobs.write(key, chunksOf(bytes, 13 * MIB));
    expect(sha256(await readAll())).toBe(sha256(bytes));
  });

  it.each([
    ['the first byte', 0, 0],
    ['the middle', 1000, 100_999],
    ['the last byte', 299_999, 299_999],
    ['all', 0, 299_999],
  ])('reads a range: %s', async (_what, start, end) => {
    const bytes = randomBytes(300_000);
    await blobs.write(key, chunksOf(bytes, 4096));
    expect((await readAll({ start, end })).equals(bytes.subarray(start, end + 1))).toBe(true);
  });

  it.each([
    ['before its first byte', 0],
    ['in the first part', 2 * MIB],
    ['in a later part', 18 * MIB],
  ])('leaves nothing of a source that fails %s, and says why', async (_what, size) => {
    const gone = new Error('the caller has gone');
    await expect(blobs.write(key, failingAfter(size, gone))).rejects.toBe(gone);
    expect(await tracesOf(key)).toEqual([]);
    await expect(blobs.read(key)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('shows nothing before the last byte has come', async () => {
    const seen: string[] = [];
    const look = async () =>
      seen.push(
        await blobs.read(key).then(
          () => 'there',
          () => 'not there',
        ),
      );
    await blobs.write(key, watched(randomBytes(17 * MIB), MIB * 4, look));
    expect(new Set(seen)).toEqual(new Set(['not there']));
  });

  it('removes, and removes again what is not there', async () => {
    await blobs.write(key, chunksOf(randomBytes(1000), 100));
    await blobs.remove(key);
    await blobs.remove(key);
    expect(await tracesOf(key)).toEqual([]);
    await expect(blobs.read(key)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('removes what a killed process left of a write', async () => {
    await leaveDebris(key);
    expect(await tracesOf(key)).not.toEqual([]);
    await expect(blobs.read(key)).rejects.toMatchObject({ code: 'unavailable' });
    await blobs.remove(key);
    expect(await tracesOf(key)).toEqual([]);
  });

  it('keeps many apart that are written at once', async () => {
    const all = Array.from({ length: 12 }, () => ({ key: newBlobKey(), bytes: randomBytes(200_000) }));
    await Promise.all(all.map((one) => blobs.write(one.key, chunksOf(one.bytes, 9999))));
    const read = await Promise.all(all.map(async (one) => buffer(await blobs.read(one.key))));
    expect(read.map(sha256)).toEqual(all.map((one) => sha256(one.bytes)));
  });

  it('says that it is there', async () => {
    await expect(blobs.check()).resolves.toBeUndefined();
  });
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function chunksOf(bytes: Buffer, chunkBytes: number): Readable {
  const count = Math.ceil(bytes.length / chunkBytes);
  return Readable.from(
    Array.from({ length: count }, (_, index) => bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes)),
  );
}

async function* failingAfter(size: number, reason: Error): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < size; sent += MIB) yield randomBytes(MIB);
  throw reason;
}

async function* watched(bytes: Buffer, chunkBytes: number, look: () => Promise<unknown>): AsyncGenerator<Buffer> {
  for (let offset = 0; offset < bytes.length; offset += chunkBytes) {
    yield bytes.subarray(offset, offset + chunkBytes);
    await look();
  }
}
