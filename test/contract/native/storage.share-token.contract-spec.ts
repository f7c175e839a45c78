import { expectStatus } from '../../support/accounts';
import { filesInZip } from '../../support/zip';
import { aMember, startStorageApp, type Member, type StorageApp } from '../../support/storage';

interface Description {
  readonly key: string;
  readonly Metadata: Readonly<Record<string, unknown>>;
}

const RULES = `
functions:
  isOwner(): request.auth != null && request.auth.user_id == resource.owner
  validToken(): has(request.query.token) && request.query.token == resource.metadata.token
paths:
  /shared/:name:
    read: true
    create: request.auth != null
    update: isOwner() && request.method == "POST" && request.resource.size < 100
    metadata: { description: request.query.description }
  /private/:name:
    read: request.auth != null || validToken()
    create: request.auth != null
    update: isOwner()
  /box/:name:
    read: request.auth != null
    create: true
  /drop/:name:
    read: isOwner() || validToken()
    create: request.auth != null
    update: request.auth != null
    metadata: { note: request.query.note }
  /notes/:name:
    get: isOwner() || validToken()
    list: request.auth != null
    create: request.auth != null
    update: request.auth != null
  /sized/:name:
    read: true
    create: true
    update: request.resource.metadata.description == "secret"
`;

let service: StorageApp;
let ada: Member;
let bob: Member;
beforeAll(async () => {
  service = await startStorageApp({ rules: RULES });
  ada = await aMember(service);
  bob = await aMember(service);
});
afterAll(() => service.close());

const metadataOf = async (url: string, headers: Record<string, string> = {}) => {
  const answer = (await service.get(url, headers)).json<Description | Description[]>();
  return (Array.isArray(answer) ? answer[0] : answer)?.Metadata;
};

it('is seen by who may update the file, and by nobody else who may read it', async () => {
  const stored = await service.upload('/storage/shared/a?description=words', { content: 'x' }, ada.headers);
  const all = stored.json<Description>().Metadata;
  expect(all).toEqual({ filename: 'a', description: 'words', token: expect.any(String) });
  for (const url of ['/storage/meta/shared/a', '/storage/meta/shared/']) {
    expect(await metadataOf(url, ada.headers)).toEqual(all);
    for (const headers of [{}, bob.headers])
      expect(await metadataOf(url, headers)).toEqual({ filename: 'a', description: 'words' });
  }
});

it('is seen by who came with it', async () => {
  const stored = await service.upload('/storage/private/a', { content: 'x' }, ada.headers);
  const { token } = stored.json<Description>().Metadata;
  expect(typeof token).toBe('string');
  for (const headers of [{}, bob.headers]) {
    expect(await metadataOf(`/storage/meta/private/a?token=${String(token)}`, headers)).toEqual({
      filename: 'a',
      token,
    });
  }
  expect(await metadataOf('/storage/meta/private/a?token=wrong', bob.headers)).toEqual({ filename: 'a' });
  expect(await metadataOf('/storage/meta/private/?token=wrong', bob.headers)).toEqual({ filename: 'a' });
});

it('is told to who has just written the file that is his, or that he may read', async () => {
  const inBox = await service.upload('/storage/box/a', { content: 'x' }, bob.headers);
  expect(inBox.json<Description>().Metadata).toEqual({ filename: 'a', token: expect.any(String) });
  await service.upload('/storage/shared/told', { content: 'x' }, ada.headers);
  const url = '/storage/meta/shared/told?description=others';
  const changed = await service.inject({ method: 'POST', url, headers: ada.headers });
  expect(changed.json<Description>().Metadata).toMatchObject({ token: expect.any(String) });
});

it('is not told to who wrote what is not his, and what he may not read: nor what was said about it', async () => {
  await service.upload('/storage/drop/a?note=for%20ada%20alone', { content: 'x' }, ada.headers);
  const over = expectStatus(await service.upload('/storage/drop/a', { content: 'y' }, bob.headers), 200);
  expect(over.json<Description>().Metadata).toEqual({ filename: 'a' });
  const renewed = await service.inject({ method: 'POST', url: '/storage/meta/drop/a', headers: bob.headers });
  expect(expectStatus(renewed, 200).json<Description>().Metadata).toEqual({ filename: 'a' });
  const nobodys = expectStatus(await service.upload('/storage/box/b', { content: 'x' }), 200);
  expect(nobodys.json<Description>().Metadata).toEqual({ filename: 'b' });
  // it is there all the same: whom the rules let read it sees it
  const shown = await metadataOf('/storage/meta/drop/a', ada.headers);
  expect(shown).toMatchObject({ token: expect.any(String) });
});

it('is not seen in a listing either by who may write over a file, and not read it', async () => {
  const path = '/storage/notes/';
  await service.upload(`${path}hers`, { content: 'for ada alone' }, ada.headers);
  await service.upload(`${path}his`, { content: 'for bob alone' }, bob.headers);
  const listed = (await service.get('/storage/meta/notes/', bob.headers)).json<Description[]>();
  expect(listed.map(({ Metadata }) => Metadata)).toEqual([
    { filename: 'hers' },
    { filename: 'his', token: expect.any(String) },
  ]);
  // what may be listed and not read is not handed out by the folder either
  const zip = await service.get(path, bob.headers);
  expect((await filesInZip(zip.rawPayload)).map(({ name }) => name)).toEqual(['his']);
});

it('is not seen where whether one may update hangs on what would come', async () => {
  await service.upload('/storage/sized/a', { content: 'x' });
  expect(await metadataOf('/storage/meta/sized/a')).toEqual({ filename: 'a' });
});
