import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { ArchivePlaces } from '../../src/core/storage/archive/archive-places.service';
import { eventually } from '../support/eventually';
import { fakeOnly } from '../support/fake-timers';
import { aMember, codeOf, startStorageApp, type Member, type StorageApp } from '../support/storage';

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
async function unread(path = '/storage/open/', headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const [answer] = (await once(get(`${base}${path}`, { headers, agent: false }), 'response')) as [IncomingMessage];
  expect(answer.statusCode).toBe(200);
  return answer;
}

/** How it ends, once it is read on: whole, or broken off. */
async function endOf(answer: IncomingMessage): Promise<{ isWhole: boolean; bytes: number }> {
  if (answer.destroyed) return { isWhole: answer.complete, bytes: 0 };
  let bytes = 0;
  answer.on('data', (chunk: Buffer) => (bytes += chunk.length));
  const isWhole = await once(answer, 'end').then(
    () => true,
    () => false,
  );
  return { isWhole, bytes };
}

describe('a zip that goes on', () => {
  let ada: Member;
  beforeEach(async () => {
    ada = await aMember(service);
    for (const name of ['a', 'b', 'c']) {
      await service.upload(`/storage/user/${ada.id}/${name}`, { content: randomBytes(12_000_000) }, ada.headers);
    }
  });

  it('gives no further file to a session that has ended: it breaks off', async () => {
    const answer = await unread(`/storage/user/${ada.id}/`, ada.headers);
    expect((await service.post('/auth/token/revoke', { all: true }, ada.headers)).statusCode).toBe(204);
    const { isWhole, bytes } = await endOf(answer);
    expect(isWhole).toBe(false);
    expect(bytes).toBeLessThan(13_000_000);
  });

  it('leaves out what its reader may not have any more', async () => {
    const folder = `/storage/user/${ada.id}/`;
    const shared = await service.get(`/storage/meta/user/${ada.id}/b`, ada.headers);
    const { token } = shared.json<{ Metadata: { token: string } }>().Metadata;
    await service.database.dataSource.query(
      `UPDATE stored_objects SET metadata = jsonb_set(metadata, '{token}', to_jsonb($1::text)) WHERE folder = $2`,
      [token, `user/${ada.id}`],
    );
    const answer = await unread(`${folder}?token=${token}`);
    expect((await service.remove(`/storage/meta/user/${ada.id}/b`, ada.headers)).statusCode).toBe(204);
    const { isWhole, bytes } = await endOf(answer);
    expect([isWhole, Math.round(bytes / 12_000_000)]).toEqual([true, 2]);
  });

  const ends: [string, () => Promise<unknown>][] = [
    ['its session', () => service.post('/auth/token/revoke', { all: true }, ada.headers)],
    ['its hour', async () => service.clock.advanceSeconds(3601)],
  ];
  it.each(ends)('ends in the midst of its only file with %s', async (_what, end) => {
    for (const name of ['b', 'c']) await service.remove(`/storage/user/${ada.id}/${name}`, ada.headers);
    fakeOnly('interval');
    const answer = await unread(`/storage/user/${ada.id}/`, ada.headers);
    await end();
    jest.advanceTimersByTime(60_000);
    jest.useRealTimers();
    await eventually(() => expect(service.app.get(ArchivePlaces, { strict: false }).size).toBe(0));
    expect(await endOf(answer)).toMatchObject({ isWhole: false });
  });

  it('goes on for an hour at most', async () => {
    const answer = await unread(`/storage/user/${ada.id}/`, ada.headers);
    service.clock.advanceSeconds(3601);
    expect(await endOf(answer)).toMatchObject({ isWhole: false });
  });
});

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
