import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { S3Blobs } from './s3-blobs.service';

const LARGE_BYTES = 50_000_000;
const EMPTY_LIST = '<ListMultipartUploadsResult></ListMultipartUploadsResult>';

let server: Server;
let blobs: S3Blobs;
const held: Readable[] = [];

/** As much of a store that speaks S3 as is asked here: `large` is more than any socket takes in. */
beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    if (request.method === 'GET' && request.url?.includes('/large') === true) {
      response.writeHead(200, { 'content-length': LARGE_BYTES }).end(Buffer.alloc(LARGE_BYTES));
    } else if (request.method === 'GET') response.end(EMPTY_LIST);
    else response.writeHead(200, { etag: '"x"' }).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  blobs = new S3Blobs(
    {
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      bucket: 'files',
      region: 'us-east-1',
      accessKeyId: 'key',
      secretAccessKey: 'secret',
    },
    { work: 1, downloads: 3 },
  );
  for (let count = 0; count < 3; count += 1) held.push(await blobs.read('large'));
});
afterAll(async () => {
  for (const stream of held) stream.destroy();
  await blobs.close();
  server.closeAllConnections();
  server.close();
});

it.each([
  ['write', () => blobs.write('small', oneChunk())],
  ['remove', () => blobs.remove('small')],
  ['check', () => blobs.check()],
])('readers who hold all connections for downloads keep nobody waiting for %s', async (_what, act) => {
  await expect(act()).resolves.toBeUndefined();
});

it('another download waits until one of them ends', async () => {
  const waiting = blobs.read('large');
  held[0]!.destroy();
  held.push(await waiting);
});

async function* oneChunk(): AsyncGenerator<Buffer> {
  yield Buffer.from('small');
}
