import { aMember, codeOf, startStorageApp, type Member, type StorageApp } from '../../support/storage';

let service: StorageApp;
let ada: Member;
let bob: Member;
beforeAll(async () => {
  service = await startStorageApp();
  ada = await aMember(service);
  bob = await aMember(service);
});
afterAll(() => service.close());

describe.each([
  ['/storage', '/storage/meta'],
  ['/storage/o', '/storage/m'],
])('under %s', (files, meta) => {
  const name = `hello${files.replaceAll('/', '-')}.txt`;
  const path = () => `user/${ada.id}/${name}`;

  it('a file is stored, described, read and removed', async () => {
    const stored = await service.upload(
      `${files}/${path()}?description=a%20greeting`,
      { content: 'hello' },
      ada.headers,
    );
    expect(stored.statusCode).toBe(200);
    const description = stored.json<Record<string, unknown>>();
    expect(description).toEqual({
      key: path(),
      AcceptRanges: 'bytes',
      LastModified: '2026-01-15T12:00:00.000Z',
      ContentLength: 5,
      ETag: '"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"',
      ContentType: 'text/plain',
      Metadata: {
        filename: name,
        token: expect.stringMatching(/^[\w-]{20,}$/),
        description: 'a greeting',
        by: ada.id,
      },
    });
    expect((await service.get(`${meta}/${path()}`, ada.headers)).json()).toEqual(description);
    const read = await service.get(`${files}/${path()}`, ada.headers);
    expect([read.statusCode, read.body]).toEqual([200, 'hello']);
    expect(read.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-length': '5',
      etag: '"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"',
      'last-modified': 'Thu, 15 Jan 2026 12:00:00 GMT',
      'accept-ranges': 'bytes',
      'content-disposition': `inline; filename=${name}`,
      'content-security-policy': 'sandbox',
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-cache',
    });
    expect((await service.remove(`${files}/${path()}`, ada.headers)).statusCode).toBe(204);
    expect(codeOf(await service.get(`${files}/${path()}`, ada.headers))).toEqual([404, 'not-found']);
    expect(codeOf(await service.remove(`${files}/${path()}`, ada.headers))).toEqual([404, 'not-found']);
  });
});

it('strangers and others', async () => {
  expect(bob.id).not.toBe(ada.id);
});
