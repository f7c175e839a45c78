import { manyFiles } from '../../support/many-files';
import { filesInZip } from '../../support/zip';
import { aMember, codeOf, startStorageApp, type Member, type StorageApp } from '../../support/storage';

interface Description {
  readonly key: string;
  readonly LastModified: string;
  readonly Metadata: Record<string, unknown>;
}

let service: StorageApp;
let ada: Member;
let bob: Member;
beforeAll(async () => {
  service = await startStorageApp();
  ada = await aMember(service);
  bob = await aMember(service);
});
afterAll(() => service.close());

const described = async (url: string, headers: Record<string, string> = {}): Promise<Description[]> =>
  (await service.get(url, headers)).json();
const keysOf = (list: readonly Description[]): string[] => list.map(({ key }) => key);

describe('what is said about a file', () => {
  const path = () => `user/${ada.id}/about`;
  const change = (query: string, headers: Record<string, string> = ada.headers) =>
    service.inject({ method: 'POST', url: `/storage/meta/${path()}${query}`, headers });
  beforeAll(async () => {
    await service.upload(`/storage/${path()}?description=first`, { content: 'x' }, ada.headers);
  });

  it('is merged with what the formulas give now, and the bytes stay', async () => {
    const before = (await service.get(`/storage/meta/${path()}`, ada.headers)).json<Description>();
    service.clock.advanceSeconds(60);
    const answer = await change('?description=second');
    expect(answer.statusCode).toBe(200);
    const { LastModified, Metadata, ...same } = answer.json<Description>();
    expect(same).toEqual({ ...before, LastModified: undefined, Metadata: undefined });
    expect(Date.parse(LastModified)).toBe(Date.parse(before.LastModified) + 60_000);
    expect(Metadata).toEqual({ ...before.Metadata, description: 'second' });
    // what no formula gives this time stays as it was
    expect((await change('')).json<Description>().Metadata).toEqual(Metadata);
    expect((await service.get(`/storage/meta/${path()}`, ada.headers)).json<Description>().Metadata).toEqual(Metadata);
  });

  it('takes nothing from a body, and refuses a field by name', async () => {
    const send = (body?: object) => service.post(`/storage/meta/${path()}?description=third`, body, ada.headers);
    const answer = await send({ description: 'by body' });
    expect(codeOf(answer)).toEqual([400, 'validation']);
    expect(answer.json()).toMatchObject({ errors: [{ field: 'description', message: 'is not known here' }] });
    const now = (await service.get(`/storage/meta/${path()}`, ada.headers)).json<Description>();
    expect(now.Metadata['description']).toBe('second');
    for (const body of [undefined, {}]) expect((await send(body)).statusCode).toBe(200);
  });

  it('takes no token and no name from a query', async () => {
    const { Metadata } = (await change('?token=mine&filename=mine')).json<Description>();
    expect(Metadata).toMatchObject({ filename: 'about' });
    expect(Metadata['token']).not.toBe('mine');
  });

  it('never holds what no row can', async () => {
    expect(codeOf(await change('?description=%00'))).toEqual([400, 'validation']);
  });

  it('goes back to a fresh token, which voids a shared one', async () => {
    const before = (await service.get(`/storage/meta/${path()}`, ada.headers)).json<Description>();
    const shared = `/storage/${path()}?token=${String(before.Metadata['token'])}`;
    expect((await service.get(shared)).statusCode).toBe(200);
    expect((await service.remove(`/storage/meta/${path()}`, ada.headers)).statusCode).toBe(204);
    expect(codeOf(await service.get(shared))).toEqual([401, 'invalid-token']);
    const after = (await service.get(`/storage/meta/${path()}`, ada.headers)).json<Description>();
    expect(after.Metadata).toEqual({ filename: 'about', token: expect.any(String) });
    expect(after.Metadata['token']).not.toBe(before.Metadata['token']);
    expect((await service.get(`/storage/${path()}`, ada.headers)).body).toBe('x');
  });

  it('is not there where no file is', async () => {
    const missing = `/storage/meta/user/${ada.id}/missing`;
    expect(codeOf(await service.get(missing, ada.headers))).toEqual([404, 'not-found']);
    expect(codeOf(await service.inject({ method: 'POST', url: missing, headers: ada.headers }))).toEqual([
      404,
      'not-found',
    ]);
    expect(codeOf(await service.remove(missing, ada.headers))).toEqual([404, 'not-found']);
  });
});

describe('a folder', () => {
  const names = ['B', 'a', 'b', 'c c', 'é', '日本'];
  beforeAll(async () => {
    for (const name of names) {
      await service.upload(
        `/storage/user/${bob.id}/${encodeURIComponent(name)}`,
        { content: `of ${name}` },
        bob.headers,
      );
    }
  });

  it('is shown in the byte order of names, whole', async () => {
    const list = await described(`/storage/meta/user/${bob.id}/`, bob.headers);
    expect(keysOf(list)).toEqual(names.map((name) => `user/${bob.id}/${name}`));
    const one = await service.get(`/storage/meta/user/${bob.id}/a`, bob.headers);
    expect(list[1]).toEqual(one.json());
  });

  it('is gone through by pages, each of which tells the next, with what was asked along', async () => {
    const keys: string[] = [];
    const pages: number[] = [];
    let url: string | undefined = `/storage/m/user/${bob.id}/?limit=4&other=a%20b`;
    while (url !== undefined) {
      const page = await service.get(url, bob.headers);
      const list = page.json<Description[]>();
      pages.push(list.length);
      keys.push(...keysOf(list));
      url = /^<([^>]+)>; rel="next"$/.exec(String(page.headers.link))?.[1];
      if (url) expect(url).toContain('other=a+b');
    }
    expect([pages, keys]).toEqual([[4, 2], names.map((name) => `user/${bob.id}/${name}`)]);
  });

  it('takes a name or a key for where a page begins', async () => {
    const after = async (value: string) =>
      keysOf(await described(`/storage/meta/user/${bob.id}/?after=${encodeURIComponent(value)}`, bob.headers));
    const rest = ['c c', 'é', '日本'].map((name) => `user/${bob.id}/${name}`);
    expect([await after('b'), await after(`user/${bob.id}/b`)]).toEqual([rest, rest]);
    for (const elsewhere of [`user/${ada.id}/b`, `${bob.id}/b`, `user/${bob.id}/b/c`]) {
      const url = `/storage/meta/user/${bob.id}/?after=${encodeURIComponent(elsewhere)}`;
      expect((await service.get(url, bob.headers)).json()).toMatchObject({
        code: 'validation',
        errors: [{ field: 'after' }],
      });
    }
  });

  it('ends a page where much is said about its files, and tells the next', async () => {
    const { id, headers } = await aMember(service);
    await manyFiles(service.database.database.pool, id, 50, 15_000);
    const keys: string[] = [];
    let url: string | undefined = `/storage/meta/user/${id}/?limit=1000`;
    while (url !== undefined) {
      const page = await service.get(url, headers);
      expect(page.rawPayload.length).toBeLessThan(300 * 1024);
      keys.push(...keysOf(page.json<Description[]>()));
      url = /^<([^>]+)>; rel="next"$/.exec(String(page.headers.link))?.[1];
      // no page for each of them either
      if (url) expect(keys.length % 17).toBe(0);
    }
    expect(keys).toEqual([...new Set(keys)]);
    expect(keys).toHaveLength(50);
  });

  it('shows a thousand ordinary files on one page', async () => {
    const { id, headers } = await aMember(service);
    await manyFiles(service.database.database.pool, id, 1000, 60);
    const page = await service.get(`/storage/meta/user/${id}/?limit=1000`, headers);
    expect([page.json<Description[]>().length, page.headers.link]).toEqual([1000, undefined]);
  });

  it('ends a page of just its length without another', async () => {
    const page = await service.get(`/storage/meta/user/${bob.id}/?limit=6`, bob.headers);
    expect([page.json<Description[]>().length, page.headers.link]).toEqual([6, undefined]);
  });

  it.each(['limit=0', 'limit=1001', 'limit=x', 'limit=', 'limit=-1', 'limit=1.5'])('%s is no page', async (query) => {
    const answer = await service.get(`/storage/meta/user/${bob.id}/?${query}`, bob.headers);
    expect(answer.json()).toMatchObject({ code: 'validation', errors: [{ field: 'limit' }] });
    // who may list nothing there is told that, and nothing else
    expect(codeOf(await service.get(`/storage/meta/user/${bob.id}/?${query}`))).toEqual([401, 'invalid-token']);
    expect(codeOf(await service.get(`/storage/meta/user/${bob.id}/?${query}`, ada.headers))).toEqual([
      404,
      'not-found',
    ]);
  });

  it('without files is an empty list, and no zip', async () => {
    expect(await described(`/storage/meta/user/${ada.id}/nothing/`, ada.headers)).toMatchObject({ code: 'not-found' });
    const eve = await aMember(service);
    expect(await described(`/storage/meta/user/${eve.id}/`, eve.headers)).toEqual([]);
    expect(codeOf(await service.get(`/storage/user/${eve.id}/`, eve.headers))).toEqual([404, 'not-found']);
  });

  it('is a zip of its files, whose names every system can unpack', async () => {
    const answer = await service.get(`/storage/user/${bob.id}/`, bob.headers);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/zip',
      'content-disposition': `attachment; filename=${bob.id}.zip`,
      'content-security-policy': 'sandbox',
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-cache',
    });
    const files = await filesInZip(answer.rawPayload);
    expect(files.map(({ name, content }) => [name, content.toString()])).toEqual([
      ['B', 'of B'],
      ['a', 'of a'],
      ['b (2)', 'of b'],
      ['c c', 'of c c'],
      ['é', 'of é'],
      ['日本', 'of 日本'],
    ]);
  });

  it('holds what the caller may list, and tells nothing of the rest', async () => {
    await service.upload('/storage/mixed/of-ada', { content: 'Ada' }, ada.headers);
    await service.upload('/storage/mixed/of-bob', { content: 'Bob' }, bob.headers);
    const zip = async (headers: Record<string, string>) =>
      (await filesInZip((await service.get('/storage/mixed/', headers)).rawPayload)).map(({ name }) => name);
    expect([await zip(ada.headers), await zip(bob.headers)]).toEqual([['of-ada'], ['of-bob']]);
    const eve = await aMember(service);
    expect(codeOf(await service.get('/storage/mixed/', eve.headers))).toEqual([404, 'not-found']);
    expect(codeOf(await service.get('/storage/mixed/'))).toEqual([401, 'invalid-token']);
    expect(await described('/storage/meta/mixed/', eve.headers)).toEqual([]);
  });

  it('is what stands directly in it, at the top as well', async () => {
    await service.upload('/storage/at-the-top', { content: 'top' });
    for (const top of ['/storage/', '/storage/o/']) {
      const files = await filesInZip((await service.get(top)).rawPayload);
      expect(files.map(({ name }) => name)).toEqual(['at-the-top']);
    }
    for (const top of ['/storage/meta/', '/storage/m/']) expect(keysOf(await described(top))).toEqual(['at-the-top']);
  });
});
