import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mountSmallDisk } from '../support/small-disk';
import { codeOf, startStorageApp, type StorageApp } from '../support/storage';
import { hasSwift, startSwift, type SwiftServer } from '../support/swift-server';
import { TcpProxy } from '../support/tcp-proxy';

const MIB = 1024 * 1024;

describe('what a caller is told', () => {
  let service: StorageApp;

  afterEach(() => service.close());

  it('when an owner has no room left: 507, and the former file is there', async () => {
    service = await startStorageApp({ environment: { STORAGE_QUOTA_BYTES: '10000' } });
    expect((await service.upload('/storage/open/a', { content: Buffer.alloc(9000, 'a') })).statusCode).toBe(200);
    expect(codeOf(await service.upload('/storage/open/a', { content: Buffer.alloc(10_001) }))).toEqual([
      507,
      'quota-exceeded',
    ]);
    expect(codeOf(await service.upload('/storage/open/b', { content: Buffer.alloc(1001) }))).toEqual([
      507,
      'quota-exceeded',
    ]);
    expect((await service.get('/storage/open/a')).body).toBe('a'.repeat(9000));
    expect((await service.get('/storage/open/b')).statusCode).toBe(404);
  });

  it('when a file is larger than files may be: 413', async () => {
    service = await startStorageApp({ environment: { MAX_UPLOAD_BYTES: '1000' } });
    expect((await service.upload('/storage/open/a', { content: Buffer.alloc(1000) })).statusCode).toBe(200);
    expect(codeOf(await service.upload('/storage/open/a', { content: Buffer.alloc(1001) }))).toEqual([
      413,
      'too-large',
    ]);
    expect((await service.get('/storage/open/a')).rawPayload).toHaveLength(1000);
  });
});

describe('a disk that is full', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-full-disk-'));
  const disk = mountSmallDisk(join(dataDir, 'blobs'), 2 * MIB);
  let service: StorageApp;

  afterAll(async () => {
    await service.close();
    disk?.unmount();
    rmSync(dataDir, { recursive: true, force: true });
  });

  (disk ? it : it.skip)('is answered 507, nothing is lost, and all else goes on', async () => {
    service = await startStorageApp({ dataDir });
    const content = randomBytes(MIB);
    expect((await service.upload('/storage/open/a', { content })).statusCode).toBe(200);
    for (const path of ['/storage/open/a', '/storage/open/b']) {
      expect(codeOf(await service.upload(path, { content: randomBytes(3 * MIB) }))).toEqual([507, 'quota-exceeded']);
    }
    expect((await service.get('/storage/open/a')).rawPayload.equals(content)).toBe(true);
    expect((await service.upload('/storage/open/b', { content: 'small' })).statusCode).toBe(200);
  });
});

(hasSwift() ? describe : describe.skip)('an object store that is gone', () => {
  let swift: SwiftServer;
  let cable: TcpProxy;
  let service: StorageApp;

  beforeAll(async () => {
    swift = await startSwift();
    cable = await TcpProxy.to(swift.s3.endpoint);
    service = await startStorageApp({
      environment: {
        S3_ENDPOINT: new URL(cable.url).origin,
        S3_BUCKET: swift.s3.bucket,
        S3_ACCESS_KEY_ID: swift.s3.accessKeyId,
        S3_SECRET_ACCESS_KEY: swift.s3.secretAccessKey,
      },
    });
  });
  afterAll(async () => {
    await service.close();
    await cable.cut();
    await swift.stop();
  });

  it('is answered 503 with the time to come back, told of by /readyz, and everything else goes on', async () => {
    const content = randomBytes(6 * MIB);
    expect((await service.upload('/storage/open/a', { content })).statusCode).toBe(200);
    await cable.cut();
    for (const answer of [
      await service.get('/storage/open/a'),
      await service.upload('/storage/open/a', { content: 'other' }),
    ]) {
      expect(codeOf(answer)).toEqual([503, 'unavailable']);
      expect(answer.headers['retry-after']).toBe('5');
    }
    const ready = await service.get('/readyz');
    expect([ready.statusCode, ready.json<object>()]).toEqual([
      200,
      expect.objectContaining({ database: 'ok', 'object-store': 'unavailable' }),
    ]);
    expect((await service.get('/storage/meta/open/a')).statusCode).toBe(200);
    await cable.mend();
    expect((await service.get('/storage/open/a')).rawPayload.equals(content)).toBe(true);
    const part = await service.get('/storage/open/a', { range: 'bytes=5242870-5242889' });
    expect(part.statusCode).toBe(206);
    expect(part.rawPayload.equals(content.subarray(5_242_870, 5_242_890))).toBe(true);
  });
});
