import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { chunksOf, describeBlobs, sha256 } from '../../../../test/support/blobs-suite';
import { newBlobKey } from './blob-key';
import { DiskBlobs } from './disk-blobs.service';

describe('bytes on disk', () => {
  let root: string;
  let blobs: DiskBlobs;

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'latchkey-blobs-'));
    blobs = new DiskBlobs(join(root, 'blobs'));
  });
  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });

  const filesOf = (key: string) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes(key));

  describeBlobs(() => ({
    blobs,
    tracesOf: (key) => Promise.resolve(filesOf(key)),
    leaveDebris: (key) => {
      const folder = join(root, 'blobs', key.slice(0, 2));
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${key}.part`), 'half of it');
      return Promise.resolve();
    },
  }));

  it('are read to their end by whoever has opened them, even when they are removed meanwhile', async () => {
    const [key, bytes] = [newBlobKey(), randomBytes(5_000_000)];
    await blobs.write(key, chunksOf(bytes, 1_000_000));
    const reading = await blobs.read(key);
    await blobs.remove(key);
    expect(sha256(await buffer(reading))).toBe(sha256(bytes));
  });

  describe('that the disk does not take', () => {
    afterEach(() => jest.restoreAllMocks());

    it.each([
      ['write', 'ENOSPC', 'quota-exceeded'],
      ['write', 'EDQUOT', 'quota-exceeded'],
      ['write', 'EIO', 'unavailable'],
      // some file systems tell it only then
      ['sync', 'ENOSPC', 'quota-exceeded'],
      ['sync', 'EIO', 'unavailable'],
    ] as const)('at %s (%s) are refused as %s and leave nothing', async (method, code, refusal) => {
      const probe = await open(join(root, 'probe'), 'w');
      const prototype = Object.getPrototypeOf(probe) as FileHandle;
      await probe.close();
      jest.spyOn(prototype, method).mockRejectedValueOnce(Object.assign(new Error('the disk says no'), { code }));
      const key = newBlobKey();
      await expect(blobs.write(key, chunksOf(randomBytes(1000), 100))).rejects.toMatchObject({ code: refusal });
      expect(filesOf(key)).toEqual([]);
    });
  });

  it('are for the service alone', async () => {
    const key = newBlobKey();
    await blobs.write(key, chunksOf(Buffer.from('private'), 10));
    const [name = ''] = filesOf(key);
    expect(statSync(join(root, name)).mode & 0o777).toBe(0o600);
    expect(statSync(join(root, 'blobs')).mode & 0o777).toBe(0o700);
  });
});
