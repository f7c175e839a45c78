import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { eventually } from '../support/eventually';
import { full } from '../support/full';
import { Hold } from '../support/hold';
import { StorageRoom } from '../support/storage-room';
import { Blobs } from '../../src/core/storage/blobs/blobs.port';
import { DiskBlobs } from '../../src/core/storage/blobs/disk-blobs.service';
import { BlobLeases, LEASE_SECONDS } from '../../src/core/storage/objects/blob-leases.repository';
import { statement } from '../../src/database/database.service';
import { NOBODY } from '../../src/kernel/ids';

let room: StorageRoom;

afterEach(() => room.close());

/** A store that can be stopped before it removes. */
class HeldBlobs extends DiskBlobs {
  hold: Hold | null = null;

  override async remove(key: string): Promise<void> {
    await this.hold?.wait();
    await super.remove(key);
  }
}

it('two sweepers and many commits at once: every file has its bytes, and nothing else is left or counted', async () => {
  room = await StorageRoom.open();
  const other = await StorageRoom.open({ beside: room });
  const owners = [await room.anAccount(), await room.anAccount(), null];
  let isDone = false;
  const sweepers = [room, other].map(async (one) => {
    while (!isDone) {
      await one.sweep();
      // what was let go of becomes due in the very moment in which others commit
      room.clock.advanceSeconds(60);
    }
  });
  const rounds = full(6, 25);
  for (let round = 0; round < rounds; round += 1) {
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        (index % 2 ? room : other)
          .store(`f/${index % 3}`, randomBytes(2000), { creator: owners[index % 3] ?? null })
          .catch((error: unknown) => {
            // with minutes passing so fast a lease may end before its bytes are whole
            expect(error).toMatchObject({ code: 'unavailable' });
          }),
      ),
    );
  }
  isDone = true;
  await Promise.all(sweepers);
  await room.sweepAll();
  const keys = await room.keysInUse();
  expect(keys.length).toBeGreaterThan(0);
  expect(room.filesOnDisk()).toEqual(keys);
  expect(await room.blobStates()).toEqual(keys.map(() => 'kept'));
  for (const owner of owners) expect(await room.released(owner ?? NOBODY)).toBe(0);
  await other.close();
});

it('a sweeper that has taken an upload whose lease ended wins over its commit, which leaves no half file', async () => {
  room = await StorageRoom.open({ blobs: ({ dataDir }) => new HeldBlobs(`${dataDir}/blobs`) });
  const blobs = room.get(Blobs) as HeldBlobs;
  const source = new PassThrough();
  const storing = room.store('a', source);
  source.write('half of it');
  await untilComing();
  room.clock.advanceSeconds(LEASE_SECONDS);
  blobs.hold = new Hold();
  const sweeping = room.sweep();
  await blobs.hold.reached;
  source.end('and the rest');
  await expect(storing).rejects.toMatchObject({ code: 'unavailable' });
  blobs.hold.release();
  expect(await sweeping).toBe(1);
  expect(await room.read('a')).toBeNull();
  await room.sweepAll();
  expect(room.filesOnDisk()).toEqual([]);
  expect(await room.blobStates()).toEqual([]);
});

it('a commit that is under way holds a sweeper back, however late it is', async () => {
  room = await StorageRoom.open();
  const leases = room.get(BlobLeases);
  await leases.begin('key');
  await room.database.database.transaction(async (tx) => {
    expect(await leases.keep(tx, 'key')).toBe(true);
    room.clock.advanceSeconds(10 * LEASE_SECONDS);
    expect(await leases.takeDue(10)).toEqual([]);
  });
  expect(await leases.takeDue(10)).toEqual([]);
  expect(await room.blobStates()).toEqual(['kept']);
});

it('a long upload keeps its lease for as long as bytes come', async () => {
  room = await StorageRoom.open();
  const source = new PassThrough();
  const storing = room.store('a', source);
  for (let minutes = 0; minutes < 300; minutes += 10) {
    source.write('some more');
    await untilComing();
    await untilLeaseOutlives(600);
    room.clock.advanceSeconds(600);
    expect(await room.sweep()).toBe(0);
  }
  source.end();
  expect((await storing).object.size).toBe(9 * 30);
});

it('a file is never without its bytes, whatever happens to it between finding and opening it', async () => {
  room = await StorageRoom.open();
  const { object } = await room.store('a', 'one');
  await room.store('a', 'two');
  await room.sweep();
  const stream = await room.get(Blobs).read(object.blobKey);
  expect((await stream.toArray()).join('')).toBe('one');
});

async function untilComing(): Promise<void> {
  await eventually(async () => {
    expect(await room.blobStates()).toContain('coming');
  });
}

async function untilLeaseOutlives(seconds: number): Promise<void> {
  await eventually(async () => {
    const { rows } = await statement<{ left: number }>(
      room.database.database.pool,
      `SELECT extract(epoch FROM lease_until - $1)::int AS left FROM stored_blobs WHERE state = 'coming'`,
      [room.clock.now()],
    );
    expect(rows[0]?.left).toBeGreaterThan(seconds);
  });
}
