import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { aMember, codeOf, startStorageApp, type StorageApp } from '../support/storage';

let service: StorageApp;
let base: string;
beforeAll(async () => {
  service = await startStorageApp();
  base = await service.app.listen(0, '127.0.0.1').then(() => service.app.getUrl());
  // more than the buffers of a connection hold
  for (const name of ['a', 'b']) await service.upload(`/storage/open/${name}`, { content: randomBytes(12_000_000) });
});
afterAll(() => service.close());

/** A zip that somebody asks for and does not read. */
async function unread(): Promise<IncomingMessage> {
  const [answer] = (await once(get(`${base}/storage/open/`), 'response')) as [IncomingMessage];
  expect(answer.statusCode).toBe(200);
  return answer;
}

it('one network makes two zips at once; an account has its own', async () => {
  const ada = await aMember(service);
  const open = [await unread(), await unread()];
  const refused = await service.get('/storage/open/');
  expect(codeOf(refused)).toEqual([503, 'busy']);
  expect(refused.headers['retry-after']).toBe('10');
  expect(codeOf(await service.get(`/storage/user/${ada.id}/`, ada.headers))).toEqual([404, 'not-found']);
  for (const answer of open) answer.destroy();
});

it('a folder of more files than a zip holds is told so, at once', async () => {
  await service.database.dataSource.query(
    `WITH blobs AS (INSERT INTO stored_blobs (key, state) SELECT 'b' || n, 'kept' FROM generate_series(1, 10001) n RETURNING key)
     INSERT INTO stored_objects (folder, filename, content_type, borne_out_type, size, sha256, blob_key, metadata,
         created_at, updated_at)
       SELECT 'pictures', key, 'text/plain', 'text/plain', 1, '', key, '{"token": "t"}', now(), now() FROM blobs`,
  );
  const answer = await service.get('/storage/pictures/');
  expect(answer.json()).toMatchObject({ status: 400, code: 'validation', errors: [{ field: 'path' }] });
});
