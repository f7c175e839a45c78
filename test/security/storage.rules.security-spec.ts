import type { Response } from 'light-my-request';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { aMember, startStorageApp, type Member, type StorageApp } from '../support/storage';
import { STORAGE_REQUESTS, type StorageRequestKind } from '../support/storage-verbs';
import { WorkRecorder } from '../support/work-recorder';

const RULES = `
functions:
  isOwner(userId): request.auth != null && request.auth.user_id == userId
  validToken(): has(request.query.token) && request.query.token == resource.metadata.token
paths:
  /user/:userId/:fileId:
    read: isOwner(userId) || validToken()
    write: isOwner(userId)
    metadata: { description: request.query.description }
  /mine/:name:
    read: request.auth.user_id == resource.owner
    create: request.auth != null
    write: request.auth.user_id == resource.owner
  /closed/:name: { read: false, write: false }
  /small/:name: { read: request.auth != null, write: request.auth != null && resource.size < 5 && request.resource.size < 5 }
`;

/** What a caller sends along in the hope of another answer. */
const HEADERS: readonly Record<string, string>[] = [
  {},
  { 'if-match': '"0"' },
  { 'if-match': '*' },
  { 'if-none-match': '*' },
  { 'if-modified-since': 'Thu, 15 Jan 2099 12:00:00 GMT' },
  { 'if-unmodified-since': 'Thu, 15 Jan 2009 12:00:00 GMT' },
  { range: 'bytes=0-0' },
  { range: 'bytes=999-' },
];

describe('files under rules', () => {
  let service: StorageApp;
  let recorder: WorkRecorder;
  let ada: Member;
  let bob: Member;
  let token: string;

  beforeAll(async () => {
    service = await startStorageApp({ rules: RULES });
    ada = await aMember(service);
    bob = await aMember(service);
    const stored = await service.upload(`/storage/user/${ada.id}/there`, { content: 'a secret' }, ada.headers);
    token = stored.json<{ Metadata: { token: string } }>().Metadata.token;
    expect((await service.upload('/storage/mine/there', { content: 'a secret' }, ada.headers)).statusCode).toBe(200);
    recorder = await WorkRecorder.attach(service);
  });
  afterAll(() => service.close());

  const nobody: Record<string, string> = {};
  const another = () => ({ ...bob.headers });
  const folder = () => `user/${ada.id}`;

  describe.each(STORAGE_REQUESTS.map((kind): [string, StorageRequestKind] => [kind.name, kind]))(
    '%s',
    (_name, kind) => {
      const ask = (path: string, headers: Record<string, string>, query?: string) =>
        service.inject(kind.of(path, headers, query));

      it('is 401 to strangers, and to others 404 (a read) or 403 (a write), before any condition is looked at', async () => {
        for (const headers of HEADERS) {
          for (const name of ['there', 'never']) {
            const path = `${folder()}/${name}`;
            expect((await ask(path, headers)).statusCode).toBe(401);
            expect((await ask(path, { ...headers, ...another() })).statusCode).toBe(kind.isWrite ? 403 : 404);
          }
        }
      });

      it('is 401 and 404 or 403 as well where nobody may, to its owner too', async () => {
        expect((await ask('closed/never', nobody)).statusCode).toBe(401);
        expect((await ask('closed/never', { ...ada.headers })).statusCode).toBe(kind.isWrite ? 403 : 404);
      });

      it('is 404 to everyone where no rule matches', async () => {
        for (const path of [
          'elsewhere/x',
          'user/x',
          `${folder()}/there/x`,
          `User/${ada.id}/there`,
          `${folder()}/meta/x`,
        ]) {
          for (const headers of [nobody, { ...ada.headers }, another()]) {
            expect((await ask(path, headers)).statusCode).toBe(404);
          }
        }
      });

      it.each<[string, () => Record<string, string>]>([
        ['a stranger', () => nobody],
        ['another', another],
      ])('tells %s by nothing whether there is a file: not by the answer, nor by the work', async (_who, headersOf) => {
        for (const place of [folder(), 'mine']) {
          // what POST to /mine may create, it may not write over: whether it may is what the rule asks of the file
          if (place === 'mine' && kind.isWrite && !isMetaOrDelete(kind)) continue;
          // the first request of somebody may do what later ones need not do again
          await recorder.record(kind.of(`${place}/first`, headersOf()));
          const absent = await recorder.record(kind.of(`${place}/never`, headersOf()));
          const present = await recorder.record(kind.of(`${place}/there`, headersOf()));
          expect(seen(present.answer)).toEqual(seen(absent.answer));
          expect(present.work).toEqual(absent.work);
          expect(present.work.statements.length).toBeGreaterThan(0);
          expect(present.work.rows).toEqual({});
        }
      });

      it('takes a wrong token, an empty one and several for none, and the right one for reading only', async () => {
        for (const headers of [nobody, another()]) {
          const denied = headers === nobody ? 401 : kind.isWrite ? 403 : 404;
          for (const query of [
            '?token=',
            '?token',
            '?token=wrong',
            '?Token=x',
            `?token[]=${token}`,
            '?token=null',
            '?__proto__=x',
          ]) {
            expect((await ask(`${folder()}/there`, headers, query)).statusCode).toBe(denied);
          }
          expect((await ask(`${folder()}/there`, headers, `?token=wrong&token=${token}`)).statusCode).toBe(400);
          expect((await ask(`${folder()}/never`, headers, `?token=${token}`)).statusCode).toBe(denied);
          const right = await ask(`${folder()}/there`, headers, `?token=${token}`);
          expect(right.statusCode).toBe(kind.isWrite ? denied : 200);
        }
      });

      it('is not moved by tokens that are no tokens: 401', async () => {
        for (const authorization of ['Bearer x', `${ada.headers.authorization}x`]) {
          expect((await ask(`${folder()}/there`, { authorization })).statusCode).toBe(401);
        }
      });
    },
  );

  it('left the file as it was', async () => {
    const read = await service.get(`/storage/${folder()}/there`, ada.headers);
    expect([read.statusCode, read.body]).toEqual([200, 'a secret']);
    const fresh = await service.get(`/storage/meta/${folder()}/there`, ada.headers);
    expect(fresh.json<{ Metadata: { token: string } }>().Metadata.token).toBe(token);
  });

  it('refuses an upload for what it turns out to be, and leaves nothing of it', async () => {
    const post = (content: string) => service.upload('/storage/small/x', { content }, ada.headers);
    expect((await post('12345')).statusCode).toBe(403);
    expect((await service.get('/storage/small/x', ada.headers)).statusCode).toBe(404);
  });

  it('answers what is refused already before the file has been sent', async () => {
    await service.app.listen(0, '127.0.0.1');
    for (const [headers, status] of [
      [nobody, 401],
      [another(), 403],
    ] as const) {
      const type = { 'content-type': 'multipart/form-data; boundary=b', 'content-length': '1000000' };
      const sending = request(`${await service.app.getUrl()}/storage/${folder()}/there`, {
        method: 'POST',
        agent: false,
        headers: { ...headers, ...type },
      });
      sending.on('error', () => undefined);
      sending.flushHeaders();
      const [answer] = (await once(sending, 'response')) as [IncomingMessage];
      expect(answer.statusCode).toBe(status);
      sending.destroy();
    }
  });

  it.each(['/storage/', '/storage/o/', '/storage/meta/', '/storage/m/'])(
    'a folder under %s is 401 to strangers and 404 to others, full or empty',
    async (family) => {
      for (const place of [folder(), `user/${bob.id}`]) {
        expect((await service.get(`${family}${place}/`)).statusCode).toBe(401);
      }
      const others = await recorder.record({ method: 'GET', url: `${family}${folder()}/`, headers: another() });
      const empty = await recorder.record({
        method: 'GET',
        url: `${family}user/${'0'.repeat(36)}/`,
        headers: another(),
      });
      expect(others.answer.statusCode).toBe(404);
      expect(seen(others.answer)).toEqual(seen(empty.answer));
      expect(others.work).toEqual(empty.work);
      for (const headers of [nobody, another()]) {
        expect((await service.get(`${family}elsewhere/`, headers)).statusCode).toBe(404);
      }
    },
  );

  it.each(['/storage/', '/storage/o/', '/storage/meta/', '/storage/m/'])(
    'a folder under %s shows to who has the token of a file that file; a wrong one tells nothing, nor does its work',
    async (family) => {
      const last = await service.upload(`/storage/${folder()}/~last`, { content: 'another secret' }, ada.headers);
      const { token: tokenOfLast } = last.json<{ Metadata: { token: string } }>().Metadata;
      await fill(folder(), 150);
      for (const headers of [nobody, another()]) {
        const list = (place: string, query: string) =>
          recorder.record({ method: 'GET', url: `${family}${place}/?token=${query}`, headers });
        for (const right of [token, tokenOfLast]) expect((await list(folder(), right)).answer.statusCode).toBe(200);
        const full = await list(folder(), 'wrong');
        const empty = await list(`user/${bob.id.replace(/^./, 'x')}`, 'wrong');
        expect(full.answer.statusCode).toBe(headers === nobody ? 401 : 404);
        expect(seen(full.answer)).toEqual(seen(empty.answer));
        expect(full.work).toEqual(empty.work);
      }
      const listed = await service.get(`/storage/meta/${folder()}/?token=${tokenOfLast}`);
      expect(listed.json<{ key: string }[]>().map(({ key }) => key)).toEqual([`${folder()}/~last`]);
    },
  );

  /** Rows alone, as if so many files were there. */
  async function fill(place: string, count: number): Promise<void> {
    await service.database.dataSource.query(
      `WITH blobs AS (
         INSERT INTO stored_blobs (key, state) SELECT 'b' || n, 'kept' FROM generate_series(1, $2::int) n
         ON CONFLICT DO NOTHING RETURNING key)
       INSERT INTO stored_objects (folder, filename, content_type, borne_out_type, size, sha256, blob_key, metadata,
         created_at, updated_at)
       SELECT $1, key, 'text/plain', 'text/plain', 1, '', key, '{"token": "t"}', now(), now() FROM blobs`,
      [place, count],
    );
  }
});

function isMetaOrDelete({ name }: StorageRequestKind): boolean {
  return name.startsWith('DELETE') || name.includes('/m');
}

/** All that a caller gets to see, but for what is new in every answer. */
function seen({ statusCode, headers, body }: Response) {
  const { date: _date, ...rest } = headers;
  return { statusCode, headers: rest, body: body.replace(/urn:uuid:[0-9a-f-]{36}/, 'urn:uuid:…') };
}
