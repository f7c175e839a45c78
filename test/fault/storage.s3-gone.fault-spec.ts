import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { ListMultipartUploadsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { Blobs } from '../../src/core/storage/blobs/blobs.port';
import { FindObject } from '../../src/core/storage/objects/find-object.flow';
import { Readiness } from '../../src/platform/health/readiness.service';
import { eventually } from '../support/eventually';
import { full } from '../support/full';
import { StorageRoom } from '../support/storage-room';
import { hasSwift, startSwift, type SwiftServer } from '../support/swift-server';
import { TcpProxy } from '../support/tcp-proxy';

const MIB = 1024 * 1024;

(hasSwift() ? describe : describe.skip)('an object store that goes away', () => {
  let swift: SwiftServer;
  let cable: TcpProxy;
  let room: StorageRoom;

  beforeAll(async () => {
    swift = await startSwift();
    cable = await TcpProxy.to(swift.s3.endpoint);
    room = await StorageRoom.open({
      environment: {
        S3_ENDPOINT: new URL(cable.url).origin,
        S3_BUCKET: swift.s3.bucket,
        S3_ACCESS_KEY_ID: swift.s3.accessKeyId,
        S3_SECRET_ACCESS_KEY: swift.s3.secretAccessKey,
      },
    });
  });
  afterAll(async () => {
    await room.close();
    await cable.cut();
    await swift.stop();
  });
  afterEach(() => cable.mend());

  it('is told of, and is no reason to turn people away', async () => {
    const readiness = room.get(Readiness);
    expect(await readiness.report()).toEqual({ isReady: true, dependencies: { 'object-store': true } });
    await cable.cut();
    expect(await readiness.report()).toEqual({ isReady: true, dependencies: { 'object-store': false } });
  });

  it('makes reading and storing wait for another time, and nothing is lost', async () => {
    const former = randomBytes(100_000);
    await room.store('a', former);
    await cable.cut();
    const refused = { code: 'unavailable', retryAfterSeconds: 5 };
    await expect(room.store('a', randomBytes(1000))).rejects.toMatchObject(refused);
    await expect(room.read('a')).rejects.toMatchObject(refused);
    await cable.mend();
    expect(await room.read('a')).toEqual(former);
  });

  it('in the midst of an upload leaves the former file, and of the rest nothing after the sweep', async () => {
    const former = randomBytes(100_000);
    await room.store('b', former);
    const source = new PassThrough();
    const storing = room.store('b', source);
    storing.catch(() => undefined);
    source.write(randomBytes(9 * MIB));
    await eventually(async () => {
      expect(await unfinished()).toBe(1);
    });
    await cable.cut();
    source.end(randomBytes(9 * MIB));
    await expect(storing).rejects.toMatchObject({ code: 'unavailable' });
    await cable.mend();
    expect(await room.read('b')).toEqual(former);
    expect(await unfinished()).toBe(1);
    await room.sweepAll();
    expect(await unfinished()).toBe(0);
    expect(await objects()).toEqual(await room.keysInUse());
  });

  full(it.skip, it)(
    'that answers nothing any more is given up after a while',
    async () => {
      await room.store('d', 'bytes');
      cable.silence();
      await expect(room.read('d')).rejects.toMatchObject({ code: 'unavailable' });
      await cable.cut();
      await cable.mend();
      expect((await room.read('d'))?.toString()).toBe('bytes');
    },
    120_000,
  );

  it('keeps the sweeper’s work for later', async () => {
    await room.store('c', 'bytes');
    await room.remove('c');
    await room.sweep();
    room.clock.advanceSeconds(room.get(Blobs).readerGraceSeconds);
    await cable.cut();
    expect(await room.sweep()).toBe(0);
    await cable.mend();
    room.clock.advanceSeconds(3600);
    expect(await room.sweep()).toBe(1);
    expect(await objects()).toEqual(await room.keysInUse());
    expect(await room.get(FindObject).execute('c')).toBeNull();
  });

  async function unfinished(): Promise<number> {
    const { Uploads = [] } = await swift.client.send(new ListMultipartUploadsCommand({ Bucket: swift.s3.bucket }));
    return Uploads.length;
  }

  async function objects(): Promise<string[]> {
    const { Contents = [] } = await swift.client.send(new ListObjectsV2Command({ Bucket: swift.s3.bucket }));
    return Contents.map(({ Key }) => Key ?? '').sort();
  }
});
