import { manyFiles } from '../../../test/support/many-files';
import { StorageRoom } from '../../../test/support/storage-room';
import { statement } from '../../database/database.service';
import { Jobs } from '../../platform/jobs/jobs.service';
import { Blobs } from './blobs/blobs.port';
import { DiskBlobs } from './blobs/disk-blobs.service';
import { StorageSweeper } from './objects/storage-sweeper.service';

/** Several batches. */
const COUNT = 450;

/** A store in which a test takes part. */
class WatchedBlobs extends DiskBlobs {
  asked = 0;
  onRemoval: (key: string) => Promise<void> | void = () => undefined;

  override async remove(key: string): Promise<void> {
    this.asked += 1;
    await this.onRemoval(key);
    await super.remove(key);
  }
}

let room: StorageRoom;
let blobs: WatchedBlobs;

beforeEach(async () => {
  room = await StorageRoom.open({ blobs: ({ dataDir }) => new WatchedBlobs(`${dataDir}/blobs`) });
  blobs = room.get(Blobs) as WatchedBlobs;
});
afterEach(() => room.close());

const query = <Row>(sql: string) => statement<Row>(room.database.database.pool, sql);
const rows = async () => (await room.blobStates()).length;

async function manyReleased(): Promise<void> {
  await manyFiles(room.database.database.pool, await room.anAccount(), COUNT);
  await query(`DELETE FROM stored_objects`);
}

/** What the next sweep finds is due. */
async function manyDue(): Promise<void> {
  await manyReleased();
  await room.sweep();
  room.clock.advanceSeconds(300);
}

it('one sweep goes on until nothing is left that is due, however long it takes and whatever comes meanwhile', async () => {
  await manyDue();
  blobs.onRemoval = async () => {
    room.clock.advanceSeconds(3);
    if (blobs.asked === 50) await manyReleased();
  };
  expect(await room.sweep()).toBe(2 * COUNT);
  expect(await rows()).toBe(0);
});

it('a process that is told to end has done soon, and the next one goes on', async () => {
  await manyDue();
  const jobs = room.get(Jobs);
  // its jobs have been told to end
  await jobs.runNow('sweep-storage');
  expect(await rows()).toBe(COUNT - 100);
  const ending = new AbortController();
  expect(await room.get(StorageSweeper).sweep(ending.signal)).toBe(COUNT - 100);
});

it('bytes that cannot be removed keep none of the others; they are tried again later', async () => {
  await manyDue();
  const { rows: keys } = await query<{ key: string }>(`SELECT key FROM stored_blobs ORDER BY key`);
  const stuck = new Set(keys.filter((_key, index) => index % 200 === 0).map(({ key }) => key));
  blobs.onRemoval = (key) => {
    if (stuck.has(key)) throw new Error('busy');
  };
  expect(await room.sweep()).toBe(COUNT - stuck.size);
  blobs.onRemoval = () => undefined;
  expect(await room.sweep()).toBe(0);
  room.clock.advanceSeconds(600);
  expect(await room.sweep()).toBe(stuck.size);
});

it('a store that is away is asked a few times, not for all of them', async () => {
  await manyDue();
  blobs.onRemoval = () => {
    throw new Error('away');
  };
  expect(await room.sweep()).toBe(0);
  expect(blobs.asked).toBeLessThan(10);
  expect(await rows()).toBe(COUNT);
});
