import { PassThrough } from 'node:stream';
import { LEASE_SECONDS } from '../../src/core/storage/objects/blob-leases.repository';
import { isDatabaseUnavailable } from '../../src/database/database-errors';
import { eventually } from '../support/eventually';
import { StorageRoom } from '../support/storage-room';
import { TcpProxy } from '../support/tcp-proxy';

describe('a database that goes away in the midst of an upload', () => {
  let room: StorageRoom;
  let cut: StorageRoom;
  let cable: TcpProxy;

  beforeAll(async () => {
    room = await StorageRoom.open();
    cable = await TcpProxy.to(room.database.url);
    cut = await StorageRoom.open({ beside: room, environment: { DATABASE_URL: cable.url } });
  });
  afterAll(async () => {
    await cut.close();
    await cable.cut();
    await room.close();
  });

  it('leaves the former file, and of the rest nothing after the sweep', async () => {
    const { object } = await room.store('a', 'former');
    const source = new PassThrough();
    const storing = cut.store('a', source).catch((error: unknown) => error);
    source.write('half of it');
    await eventually(async () => {
      expect(await room.blobStates()).toEqual(['coming', 'kept']);
    });
    await cable.cut();
    source.end('and the rest');
    expect(isDatabaseUnavailable(await storing)).toBe(true);
    await cable.mend();
    expect((await cut.read('a'))?.toString()).toBe('former');
    // nobody could be told that these bytes came to nothing
    expect(room.filesOnDisk()).toHaveLength(2);
    await room.sweepAll();
    expect(room.filesOnDisk()).toEqual([object.blobKey]);
    expect(await room.blobStates()).toEqual(['kept']);
  });

  it('when the lease is to be renewed breaks no upload while the lease still lives', async () => {
    const source = new PassThrough();
    const storing = cut.store('b', source);
    source.write('first');
    await eventually(async () => {
      expect(await room.blobStates()).toContain('coming');
    });
    await cable.cut();
    room.clock.advanceSeconds(LEASE_SECONDS / 2);
    source.write('second');
    await eventually(() => {
      expect(room.sizesOnDisk()).toContain('firstsecond'.length);
    });
    await cable.mend();
    source.end('third');
    expect((await storing).object.size).toBe('firstsecondthird'.length);
  });
});
