import type { AddressInfo } from 'node:net';
import { eventually } from '../support/eventually';
import { beginUpload } from '../support/slow-upload';
import { aMember, blobsOf, startStorageApp, type StorageApp } from '../support/storage';

let service: StorageApp;
let port: number;
beforeAll(async () => {
  service = await startStorageApp();
  await service.app.listen(0, '127.0.0.1');
  ({ port } = service.app.getHttpServer().address() as AddressInfo);
});
afterAll(() => service.close());

/** An upload whose last bytes come when the test says so. */
const slowUpload = (path: string, headers: Record<string, string>) => beginUpload(service, port, path, headers);

it('an upload that was under way when its session ended is refused, and nothing of it is kept', async () => {
  const ada = await aMember(service);
  const url = `/storage/user/${ada.id}/late`;
  const finish = await slowUpload(url, ada.headers);
  expect((await service.post('/auth/token/revoke', {}, ada.headers)).statusCode).toBe(204);
  expect(await finish()).toEqual([401, 'session-ended']);
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
  expect(await finish()).toEqual([401, 'session-ended']);
  expect((await service.get('/storage/open/of-nobody')).statusCode).toBe(404);
});
