import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { describeOnLinux } from '../support/describe-on-linux';
import { full } from '../support/full';
import { peakResidentBytes, residentBytes } from '../support/peak-memory';
import { uploadTo } from '../support/raw-upload';
import type { ServiceProcess } from '../support/service-process';
import { StorageFolder } from '../support/storage-folder';
import { hasSwift, startSwift, type SwiftServer } from '../support/swift-server';

const MIB = 1024 * 1024;
const FILE_BYTES = full(128, 1024) * MIB;
/** More than it holds when nothing happens. */
const MOST_BYTES = 60 * MIB;
const CHUNK = randomBytes(MIB);

describeOnLinux(`a file of ${FILE_BYTES / MIB} MiB`, () => {
  let folder: StorageFolder;
  let service: ServiceProcess;

  beforeEach(() => {
    folder = new StorageFolder();
  });
  afterEach(() => folder.dispose());

  it('on disk passes through without being held', async () => {
    service = await folder.start({ environment: { MAX_UPLOAD_BYTES: String(FILE_BYTES) } });
    await expectToPass();
  }, 300_000);

  (hasSwift() ? it : it.skip)(
    'in an object store passes through without being held',
    async () => {
      const swift: SwiftServer = await startSwift();
      try {
        service = await folder.start({
          environment: {
            MAX_UPLOAD_BYTES: String(FILE_BYTES),
            S3_ENDPOINT: swift.s3.endpoint,
            S3_BUCKET: swift.s3.bucket,
            S3_ACCESS_KEY_ID: swift.s3.accessKeyId,
            S3_SECRET_ACCESS_KEY: swift.s3.secretAccessKey,
          },
        });
        await expectToPass();
      } finally {
        await swift.stop();
      }
    },
    300_000,
  );

  async function expectToPass(): Promise<void> {
    const url = `${service.url}/storage/open/large`;
    const idle = residentBytes(service.pid);
    const uploading = await peakResidentBytes(service.pid, async () => {
      expect(await uploadTo(url, chunks(), FILE_BYTES)).toMatchObject({ status: 200 });
    });
    const downloading = await peakResidentBytes(service.pid, async () => {
      expect(await download(url)).toBe(digestOfAll());
    });
    expect(uploading - idle).toBeLessThan(MOST_BYTES);
    expect(downloading - idle).toBeLessThan(MOST_BYTES);
  }
});

function* chunks(): Generator<Buffer> {
  for (let sent = 0; sent < FILE_BYTES; sent += CHUNK.length) yield CHUNK;
}

function digestOfAll(): string {
  const digest = createHash('sha256');
  for (const chunk of chunks()) digest.update(chunk);
  return digest.digest('hex');
}

async function download(url: string): Promise<string> {
  const [response] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage];
  const digest = createHash('sha256');
  for await (const chunk of response) digest.update(chunk as Buffer);
  return digest.digest('hex');
}
