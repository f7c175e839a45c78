import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readlinkSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { describeOnLinux } from '../../support/describe-on-linux';
import { eventually } from '../../support/eventually';
import { aMember, blobsOf, multipart, startStorageApp, type Member, type StorageApp } from '../../support/storage';

const MEBIBYTE = 1024 * 1024;

let service: StorageApp;
let ada: Member;
let port: number;
let base: string;
beforeAll(async () => {
  service = await startStorageApp({ environment: { MAX_UPLOAD_BYTES: String(96 * MEBIBYTE) } });
  ada = await aMember(service);
  await service.app.listen(0, '127.0.0.1');
  ({ port } = service.app.getHttpServer().address() as AddressInfo);
  base = `http://127.0.0.1:${String(port)}`;
});
afterAll(() => service.close());

function form(content: Blob, filename = 'a.bin'): FormData {
  const data = new FormData();
  data.append('file', content, filename);
  return data;
}

/** Sends a multipart body of which only the beginning is written. */
function begin(
  path: string,
  headers: Record<string, string> = {},
): { write(bytes: Buffer): Promise<void>; hangUp(): void; answer: Promise<IncomingMessage> } {
  const { payload, type } = multipart([{ content: '' }]);
  const head = payload.subarray(0, payload.indexOf('\r\n\r\n') + 4);
  const sent = request({
    port,
    method: 'POST',
    path,
    headers: { ...headers, 'content-type': type, 'transfer-encoding': 'chunked' },
    agent: false,
  });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve).once('error', reject);
  });
  answer.catch(() => undefined);
  sent.write(head);
  return {
    write: (bytes) =>
      new Promise((resolve) =>
        sent.write(bytes, () => {
          resolve();
        }),
      ),
    hangUp: () => sent.destroy(),
    answer,
  };
}

it('what browsers and fetch send is stored, and read back byte for byte', async () => {
  const content = randomBytes(3 * MEBIBYTE);
  const url = `${base}/storage/open/${encodeURIComponent('photo ü.bin')}`;
  const stored = await fetch(url, {
    method: 'POST',
    body: form(new Blob([content], { type: 'application/x-own' }), 'ü.bin'),
  });
  expect(stored.status).toBe(200);
  expect(await stored.json()).toMatchObject({ ContentType: 'application/x-own', ContentLength: content.length });
  const read = await fetch(url);
  expect(Buffer.from(await read.arrayBuffer()).equals(content)).toBe(true);
});

it('an empty file is a file', async () => {
  const url = `${base}/storage/open/empty`;
  const stored = await fetch(url, { method: 'POST', body: form(new Blob([])) });
  expect([stored.status, ((await stored.json()) as { ContentLength: number }).ContentLength]).toEqual([200, 0]);
  const read = await fetch(url, { headers: { range: 'bytes=0-' } });
  expect(read.status).toBe(416);
  await read.arrayBuffer();
  expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(0);
});

it('a large file goes through in both directions', async () => {
  const chunk = randomBytes(MEBIBYTE);
  const digest = createHash('sha256');
  const { payload, type } = multipart([{ content: '', type: 'application/x-own' }]);
  const cut = payload.indexOf('\r\n\r\n') + 4;
  function* body(): Generator<Buffer> {
    yield payload.subarray(0, cut);
    for (let count = 0; count < 80; count += 1) {
      digest.update(chunk);
      yield chunk;
    }
    yield payload.subarray(cut);
  }
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(
      { port, method: 'POST', path: '/storage/open/large', headers: { 'content-type': type } },
      resolve,
    );
    pipeline(Readable.from(body()), sent).catch(reject);
  });
  expect(answer.statusCode).toBe(200);
  const sha256 = digest.digest('hex');
  expect(JSON.parse(await text(answer))).toMatchObject({ ETag: `"${sha256}"`, ContentLength: 80 * MEBIBYTE });
  const received = createHash('sha256');
  const read = await fetch(`${base}/storage/open/large`);
  for await (const part of read.body as unknown as AsyncIterable<Uint8Array>) {
    received.update(part);
  }
  expect(received.digest('hex')).toBe(sha256);
});

describe('a client that goes', () => {
  it('in the middle of an upload leaves the former file and no bytes', async () => {
    await service.upload('/storage/open/kept', { content: 'former' });
    const before = blobsOf(service);
    const upload = begin('/storage/open/kept');
    await upload.write(randomBytes(2 * MEBIBYTE));
    await eventually(() => expect(blobsOf(service).length).toBeGreaterThan(before.length));
    upload.hangUp();
    await eventually(() => expect(blobsOf(service)).toEqual(before));
    expect((await service.get('/storage/open/kept')).body).toBe('former');
  });

  describeOnLinux('in the middle of a download', () => {
    it('leaves no file open', async () => {
      await service.upload('/storage/open/long', { content: randomBytes(64 * MEBIBYTE) });
      const openBlobs = () =>
        readdirSync('/proc/self/fd').filter((fd) => {
          try {
            return readlinkSync(`/proc/self/fd/${fd}`).includes('/blobs/');
          } catch {
            return false;
          }
        });
      for (const path of ['/storage/open/long', '/storage/open/']) {
        const socket = connect(port, '127.0.0.1');
        socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
        await new Promise((resolve) => socket.once('data', resolve));
        socket.pause();
        await eventually(() => expect(openBlobs().length).toBeGreaterThan(0));
        socket.destroy();
        await eventually(() => expect(openBlobs()).toEqual([]));
      }
    });
  });
});

describe('an answer before the body has come', () => {
  it('tells who may not write, before a byte is stored', async () => {
    const before = blobsOf(service);
    const upload = begin(`/storage/user/${ada.id}/x`);
    const answer = await upload.answer;
    expect([answer.statusCode, JSON.parse(await text(answer))]).toMatchObject([401, { code: 'invalid-token' }]);
    expect(blobsOf(service)).toEqual(before);
    upload.hangUp();
  });

  it('tells who goes by another file than is there', async () => {
    await service.upload('/storage/open/newer', { content: 'x' });
    const upload = begin('/storage/open/newer', { 'if-match': '"older"' });
    const answer = await upload.answer;
    expect(answer.statusCode).toBe(412);
    upload.hangUp();
  });

  it('tells that a file is too large, and can be read by who is still sending', async () => {
    const upload = begin('/storage/open/huge');
    for (let count = 0; count < 98; count += 1) await upload.write(Buffer.alloc(MEBIBYTE));
    const answer = await upload.answer;
    expect([answer.statusCode, JSON.parse(await text(answer))]).toMatchObject([413, { code: 'too-large' }]);
    upload.hangUp();
  });
});

it('fifty writers on one path: every read is one whole version', async () => {
  const versions = Array.from({ length: 50 }, (_, index) => Buffer.alloc(200_000, `${String(index)};`));
  const digests = new Map(versions.map((bytes) => [`"${createHash('sha256').update(bytes).digest('hex')}"`, bytes]));
  const url = '/storage/open/contended';
  await service.upload(url, { content: versions[0]! });
  // as many at once as are let in from one network
  const left = [...versions];
  const writer = async (): Promise<number[]> => {
    const statuses: number[] = [];
    for (let content = left.pop(); content; content = left.pop()) {
      statuses.push((await service.upload(url, { content })).statusCode);
    }
    return statuses;
  };
  const writing = Promise.all(Array.from({ length: 8 }, writer));
  const seen: boolean[] = [];
  for (let count = 0; count < 60; count += 1) {
    const read = await service.get(url);
    seen.push(read.statusCode === 200 && digests.get(String(read.headers.etag))?.equals(read.rawPayload) === true);
  }
  expect((await writing).flat()).toEqual(versions.map(() => 200));
  expect(new Set(seen)).toEqual(new Set([true]));
});
