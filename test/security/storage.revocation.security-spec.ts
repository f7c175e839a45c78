import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { eventually } from '../support/eventually';
import { aMember, blobsOf, multipart, startStorageApp, type StorageApp } from '../support/storage';

let service: StorageApp;
let port: number;
beforeAll(async () => {
  service = await startStorageApp();
  await service.app.listen(0, '127.0.0.1');
  ({ port } = service.app.getHttpServer().address() as AddressInfo);
});
afterAll(() => service.close());

/** An upload whose last bytes come when the test says so. */
async function slowUpload(path: string, headers: Record<string, string>): Promise<() => Promise<[number, string]>> {
  const before = blobsOf(service).length;
  const { payload, type } = multipart([{ content: 'a'.repeat(200_000) }]);
  const sent = request({ port, method: 'POST', path, headers: { ...headers, 'content-type': type }, agent: false });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve).once('error', reject);
  });
  await new Promise<void>((resolve) => {
    sent.write(payload.subarray(0, -1000), () => {
      resolve();
    });
  });
  // not before bytes are stored is the upload sure to have begun
  await eventually(() => expect(blobsOf(service).length).toBeGreaterThan(before));
  return async () => {
    sent.end(payload.subarray(-1000));
    const answer = await answered;
    return [answer.statusCode ?? 0, await text(answer)];
  };
}

it('an upload that was under way when its session ended is refused, and nothing of it is kept', async () => {
  const ada = await aMember(service);
  const url = `/storage/user/${ada.id}/late`;
  const finish = await slowUpload(url, ada.headers);
  expect((await service.post('/auth/token/revoke', {}, ada.headers)).statusCode).toBe(204);
  const [status, body] = await finish();
  expect([status, JSON.parse(body)]).toMatchObject([401, { code: 'session-ended' }]);
  expect(await service.database.dataSource.query('SELECT * FROM stored_objects')).toEqual([]);
  await eventually(() => expect(blobsOf(service)).toEqual([]));
});

it('an upload may take longer than its access token lives', async () => {
  const ada = await aMember(service);
  const finish = await slowUpload(`/storage/user/${ada.id}/slow`, ada.headers);
  service.clock.advanceSeconds(20 * 60);
  expect((await finish())[0]).toBe(200);
});

it('an account that was deleted while its upload came owns nothing', async () => {
  const ada = await aMember(service);
  const finish = await slowUpload(`/storage/open/of-nobody`, ada.headers);
  expect((await service.post('/auth/delete', undefined, ada.headers)).statusCode).toBe(204);
  const [status, body] = await finish();
  expect([status, JSON.parse(body)]).toMatchObject([401, { code: 'session-ended' }]);
  expect((await service.get('/storage/open/of-nobody')).statusCode).toBe(404);
});
