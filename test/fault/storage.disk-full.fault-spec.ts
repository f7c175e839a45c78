import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskBlobs } from '../../src/core/storage/blobs/disk-blobs.service';
import { mountSmallDisk, type SmallDisk } from '../support/small-disk';
import { StorageRoom } from '../support/storage-room';

const MIB = 1024 * 1024;

const folder = mkdtempSync(join(tmpdir(), 'latchkey-small-disk-'));
const disk: SmallDisk | null = mountSmallDisk(join(folder, 'blobs'), 4 * MIB);

afterAll(() => {
  disk?.unmount();
  rmSync(folder, { recursive: true, force: true });
});

(disk ? describe : describe.skip)('a disk that is full', () => {
  let room: StorageRoom;

  beforeAll(async () => {
    room = await StorageRoom.open({ blobs: () => new DiskBlobs(join(folder, 'blobs')) });
  });
  afterAll(() => room.close());

  it('takes no more, keeps all that it has, and takes again when there is room', async () => {
    const former = randomBytes(MIB);
    await room.store('kept', former);
    await expect(room.store('kept', randomBytes(5 * MIB))).rejects.toMatchObject({ code: 'quota-exceeded' });
    await expect(room.store('other', randomBytes(5 * MIB))).rejects.toMatchObject({ code: 'quota-exceeded' });
    expect(await room.read('kept')).toEqual(former);
    expect(await room.read('other')).toBeNull();
    expect(await room.blobStates()).toEqual(['kept']);
    // nothing of what was refused takes up room
    await room.store('large', randomBytes(2 * MIB));
    expect(await room.read('kept')).toEqual(former);
  });

  it('refuses many at once without harm to what is there', async () => {
    const bytes = randomBytes(MIB);
    await room.store('kept', bytes);
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => room.store(`many/${index}`, randomBytes(MIB))),
    );
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'quota-exceeded' });
    }
    expect(results.map(({ status }) => status)).toContain('rejected');
    expect(await room.read('kept')).toEqual(bytes);
    await room.sweepAll();
    expect((await room.blobStates()).every((state) => state === 'kept')).toBe(true);
  });
});
