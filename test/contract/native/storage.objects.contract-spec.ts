import { aMember, codeOf, startStorageApp, type Member, type StorageApp } from '../../support/storage';

const HELLO_ETAG = '"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"';

let service: StorageApp;
let ada: Member;
beforeAll(async () => {
  service = await startStorageApp();
  ada = await aMember(service);
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
      ETag: HELLO_ETAG,
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
      etag: HELLO_ETAG,
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

describe('what is handed out', () => {
  const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 74, 70, 73, 70, 0, 1]);
  const PAGE = '<script>alert(1)</script>';
  const UNTYPED = 'application/octet-stream';

  it.each([
    ['text/html', PAGE, 'text/html', UNTYPED, 'attachment'],
    ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml', UNTYPED, 'attachment'],
    ['application/pdf', '%PDF-1.7\n', 'application/pdf', UNTYPED, 'attachment'],
    ['IMAGE/PNG', PAGE, 'image/png', UNTYPED, 'attachment'],
    ['audio/webm', PAGE, 'audio/webm', UNTYPED, 'attachment'],
    ['application/octet-stream', 'words', UNTYPED, UNTYPED, 'attachment'],
    ['nonsense', 'words', UNTYPED, UNTYPED, 'attachment'],
    ['text/plain', Buffer.from('\ufeffwords', 'utf16le'), 'text/plain', UNTYPED, 'attachment'],
    ['image/jpg', JPEG, 'image/jpg', 'image/jpeg', 'inline'],
    ['text/plain', JPEG, 'text/plain', 'image/jpeg', 'inline'],
    ['text/plain', 'words', 'text/plain', 'text/plain; charset=utf-8', 'inline'],
  ])('%s %s keeps the type %s and is served as %s, %s', async (type, content, kept, served, disposition) => {
    const stored = await service.upload('/storage/open/thing', { content, type });
    expect(stored.json()).toMatchObject({ ContentType: kept });
    expect((await service.get('/storage/meta/open/thing')).json()).toMatchObject({ ContentType: kept });
    const { headers } = await service.get('/storage/open/thing');
    expect([headers['content-type'], headers['content-disposition']]).toEqual([
      served,
      `${disposition}; filename=thing`,
    ]);
    expect(headers).toMatchObject({ 'content-security-policy': 'sandbox', 'x-content-type-options': 'nosniff' });
  });

  it('what is open to all may be kept by all, and embedded anywhere', async () => {
    await service.upload('/storage/open/a', { content: 'x' });
    const open = await service.get('/storage/open/a');
    expect(open.headers).toMatchObject({
      'cache-control': 'public, no-cache',
      'cross-origin-resource-policy': 'cross-origin',
    });
    const signedIn = await service.get('/storage/open/a', ada.headers);
    expect(signedIn.headers['cross-origin-resource-policy']).toBe('same-origin');
  });

  it('a name in any language is told as RFC 6266 has it', async () => {
    await service.upload(`/storage/open/${encodeURIComponent('Übersicht 日本.pdf')}`, { content: 'x' });
    const { headers } = await service.get(`/storage/open/${encodeURIComponent('Übersicht 日本.pdf')}`);
    expect(headers['content-disposition']).toContain(`filename*=UTF-8''%C3%9Cbersicht%20%E6%97%A5%E6%9C%AC.pdf`);
  });

  it('two spellings of one name are one file', async () => {
    await service.upload('/storage/open/e%CC%81', { content: 'composed or not' });
    expect((await service.get('/storage/open/%C3%A9')).body).toBe('composed or not');
  });
});

describe('HEAD, ranges and conditions', () => {
  const url = '/storage/open/ten';
  let etag: string;
  beforeAll(async () => {
    etag = (await service.upload(url, { content: '0123456789' })).json<{ ETag: string }>().ETag;
  });
  const get = (headers: Record<string, string>) => service.get(url, headers);

  it('HEAD tells what GET tells, without the bytes', async () => {
    const targets = [
      url,
      '/storage/meta/open/ten',
      '/storage/open/none',
      `/storage/user/${ada.id}/none`,
      '/storage/open/',
    ];
    for (const target of targets) {
      const [whole, head] = [await service.get(target), await service.inject({ method: 'HEAD', url: target })];
      expect([target, head.statusCode, head.body]).toEqual([target, whole.statusCode, '']);
      const { date: _date, 'content-length': length, 'transfer-encoding': _chunked, ...headers } = whole.headers;
      const { date: _other, 'content-length': headLength, ...headHeaders } = head.headers;
      expect(headHeaders).toEqual(headers);
      // what names the request differs in every error
      if (whole.statusCode === 200) expect(headLength).toBe(length);
    }
  });

  it('one range is 206, several are the whole, none inside is 416', async () => {
    const part = await get({ range: 'bytes=2-4' });
    expect([part.statusCode, part.body]).toEqual([206, '234']);
    expect(part.headers).toMatchObject({ 'content-range': 'bytes 2-4/10', 'content-length': '3', etag });
    expect((await get({ range: 'bytes=-2' })).body).toBe('89');
    expect([
      (await get({ range: 'bytes=0-1,4-5' })).statusCode,
      (await get({ range: 'lines=1-2' })).statusCode,
    ]).toEqual([200, 200]);
    const outside = await get({ range: 'bytes=10-' });
    expect(codeOf(outside)).toEqual([416, 'range-not-satisfiable']);
    expect(outside.headers['content-range']).toBe('bytes */10');
  });

  it('If-Range lets the range count only for what is there', async () => {
    expect((await get({ range: 'bytes=0-0', 'if-range': etag })).statusCode).toBe(206);
    expect((await get({ range: 'bytes=0-0', 'if-range': '"other"' })).statusCode).toBe(200);
  });

  it('what the caller has is 304, what he does not want is 412', async () => {
    const same = await get({ 'if-none-match': `"x", W/${etag}` });
    expect([same.statusCode, same.body, same.headers.etag]).toEqual([304, '', etag]);
    expect((await get({ 'if-modified-since': 'Thu, 15 Jan 2026 12:00:00 GMT' })).statusCode).toBe(304);
    expect(
      (await get({ 'if-none-match': '"x"', 'if-modified-since': 'Thu, 15 Jan 2026 12:00:00 GMT' })).statusCode,
    ).toBe(200);
    expect(codeOf(await get({ 'if-match': '"x"' }))).toEqual([412, 'precondition-failed']);
    expect(codeOf(await get({ 'if-unmodified-since': 'Thu, 15 Jan 2026 11:59:59 GMT' }))).toEqual([
      412,
      'precondition-failed',
    ]);
  });

  it.each(['GET', 'HEAD'] as const)('304 to %s says of the file what 200 says, and no length', async (method) => {
    const fresh = await service.inject({ method, url });
    const same = await service.inject({ method, url, headers: { 'if-none-match': etag } });
    expect([same.statusCode, same.body, same.headers['content-length']]).toEqual([304, '', undefined]);
    for (const name of [
      'content-security-policy',
      'x-content-type-options',
      'cross-origin-resource-policy',
      'cache-control',
      'etag',
    ])
      expect([name, same.headers[name]]).toEqual([name, fresh.headers[name]]);
    expect(same.headers['content-security-policy']).toBe('sandbox');
  });

  it('a write happens only to what the caller goes by', async () => {
    const file = '/storage/open/conditional';
    const write = (content: string, headers: Record<string, string>) => service.upload(file, { content }, headers);
    expect((await write('one', { 'if-match': '*' })).statusCode).toBe(412);
    const first = await write('one', { 'if-none-match': '*' });
    expect(first.statusCode).toBe(200);
    const firstEtag = first.json<{ ETag: string }>().ETag;
    expect((await write('two', { 'if-none-match': '*' })).statusCode).toBe(412);
    expect((await write('two', { 'if-match': '"other"' })).statusCode).toBe(412);
    expect((await service.get(file)).body).toBe('one');
    expect((await write('two', { 'if-match': firstEtag })).statusCode).toBe(200);
    expect(codeOf(await service.remove(file, { 'if-match': firstEtag }))).toEqual([412, 'precondition-failed']);
    const meta = {
      method: 'POST',
      url: file.replace('storage', 'storage/meta'),
      headers: { 'if-match': firstEtag },
    } as const;
    expect((await service.inject(meta)).statusCode).toBe(412);
    expect((await service.remove(file, { 'if-match': '*' })).statusCode).toBe(204);
  });
});
