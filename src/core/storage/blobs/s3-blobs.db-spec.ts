import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { describeBlobs } from '../../../../test/support/blobs-suite';
import { hasSwift, startSwift, type SwiftServer } from '../../../../test/support/swift-server';
import { S3Blobs } from './s3-blobs.service';

(hasSwift() ? describe : describe.skip)('bytes in an object store', () => {
  let swift: SwiftServer;
  let blobs: S3Blobs;

  beforeAll(async () => {
    swift = await startSwift();
    blobs = new S3Blobs(swift.s3);
  });
  afterAll(async () => {
    await blobs.close();
    await swift.stop();
  });

  describeBlobs(() => ({
    blobs,
    tracesOf: (key) => tracesOf(swift, key),
    leaveDebris: async (key) => {
      const named = { Bucket: swift.s3.bucket, Key: key };
      const { UploadId } = await swift.client.send(new CreateMultipartUploadCommand(named));
      await swift.client.send(new UploadPartCommand({ ...named, UploadId, PartNumber: 1, Body: 'half of it' }));
    },
  }));

  it.each([
    ['a wrong secret', { secretAccessKey: 'wrong' }],
    ['a bucket that is not there', { bucket: 'absent' }],
  ])('are not had with %s', async (_what, wrong) => {
    const other = new S3Blobs({ ...swift.s3, ...wrong });
    await expect(other.check()).rejects.toMatchObject({ code: 'unavailable' });
    await other.close();
  });
});

async function tracesOf({ client, s3 }: SwiftServer, key: string): Promise<string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: s3.bucket, Prefix: key }));
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: s3.bucket, Prefix: key }));
  return [...Contents.map(({ Key }) => Key ?? ''), ...Uploads.map(({ UploadId }) => `unfinished ${UploadId ?? ''}`)];
}
