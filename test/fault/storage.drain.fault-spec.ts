import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DataFolder } from '../support/data-folder';
import { eventually } from '../support/eventually';
import { blobsOf, multipart } from '../support/storage';

const MEBIBYTE = 1024 * 1024;

let folder: DataFolder;
beforeEach(() => {
  folder = new DataFolder();
});
afterEach(() => folder.dispose());

it('SIGTERM waits for the upload and the download that are under way', async () => {
  const rules = join(folder.path, 'rules.yaml');
  writeFileSync(rules, 'paths:\n  /open/:name:\n    read: true\n    write: true\n');
  const service = await folder.start({ environment: { STORAGE_RULES: rules } });
  const content = randomBytes(16 * MEBIBYTE);
  const whole = multipart([{ content, type: 'application/x-own' }]);
  const stored = await fetch(`${service.url}/storage/open/a`, {
    method: 'POST',
    headers: { 'content-type': whole.type },
    body: whole.payload,
  });
  expect(stored.status).toBe(200);

  const download = await new Promise<IncomingMessage>((resolve) => {
    request({ port: service.port, path: '/storage/open/a', agent: false }, resolve).end();
  });
  const upload = request({
    port: service.port,
    method: 'POST',
    path: '/storage/open/b',
    headers: { 'content-type': whole.type, 'content-length': whole.payload.length },
    agent: false,
  });
  const uploaded = new Promise<IncomingMessage>((resolve, reject) => {
    upload.once('response', resolve).once('error', reject);
  });
  await new Promise((resolve) => upload.write(whole.payload.subarray(0, 4 * MEBIBYTE), resolve));
  await eventually(() => expect(blobsOf({ dataDir: folder.path })).toHaveLength(2));

  const left = service.stop();
  upload.end(whole.payload.subarray(4 * MEBIBYTE));
  const digest = createHash('sha256');
  for await (const chunk of download as AsyncIterable<Buffer>) digest.update(chunk);
  expect(digest.digest('hex')).toBe(createHash('sha256').update(content).digest('hex'));
  const answer = await uploaded;
  expect([answer.statusCode, JSON.parse(await text(answer))]).toMatchObject([200, { ContentLength: content.length }]);
  expect(await left).toEqual({ code: 0, signal: null });
});
