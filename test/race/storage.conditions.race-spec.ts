import { full } from '../support/full';
import { aMember, startStorageApp, type Member, type StorageApp } from '../support/storage';

/** As many uploads as are let in at once from one network. */
const WRITERS = 8;
const ROUNDS = full(5, 30);

let service: StorageApp;
let ada: Member;
beforeAll(async () => {
  service = await startStorageApp();
  ada = await aMember(service);
});
afterAll(() => service.close());

/** How many of the answers there are of each status. */
async function statuses(acts: readonly Promise<{ statusCode: number }>[]): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (const { statusCode } of await Promise.all(acts)) counts[statusCode] = (counts[statusCode] ?? 0) + 1;
  return counts;
}

const writers = <T>(act: (index: number) => Promise<T>): Promise<T>[] =>
  Array.from({ length: WRITERS }, (_, index) => act(index));

it('of those who want to be the first one is', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const url = `/storage/open/first-${String(round)}`;
    const acts = writers((index) => service.upload(url, { content: String(index) }, { 'if-none-match': '*' }));
    expect(await statuses(acts)).toEqual({ 200: 1, 412: WRITERS - 1 });
  }
});

it('of those who go by the same version one writes over it', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const url = `/storage/open/version-${String(round)}`;
    const { ETag } = (await service.upload(url, { content: 'former' })).json<{ ETag: string }>();
    const acts = writers((index) => service.upload(url, { content: String(index) }, { 'if-match': ETag }));
    expect(await statuses(acts)).toEqual({ 200: 1, 412: WRITERS - 1 });
  }
});

it('of those who remove the same version one does', async () => {
  const url = '/storage/open/removed';
  const { ETag } = (await service.upload(url, { content: 'x' })).json<{ ETag: string }>();
  expect(await statuses(writers(() => service.remove(url, { 'if-match': ETag })))).toEqual({
    204: 1,
    412: WRITERS - 1,
  });
});

it('where nobody may write over a file, one creates it', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const url = `/storage/frozen/created-${String(round)}`;
    const acts = writers((index) => service.upload(url, { content: String(index) }, ada.headers));
    expect(await statuses(acts)).toEqual({ 200: 1, 403: WRITERS - 1 });
  }
});

it('a share token that was voided opens nothing, whoever asks meanwhile', async () => {
  const url = `/user/${ada.id}/shared`;
  const stored = await service.upload(`/storage${url}`, { content: 'x' }, ada.headers);
  const { token } = stored.json<{ Metadata: { token: string } }>().Metadata;
  const reading = writers(() => service.get(`/storage${url}?token=${token}`));
  expect((await service.remove(`/storage/meta${url}`, ada.headers)).statusCode).toBe(204);
  expect((await service.get(`/storage${url}?token=${token}`)).statusCode).toBe(401);
  for (const status of Object.keys(await statuses(reading))) expect(['200', '401']).toContain(status);
});
