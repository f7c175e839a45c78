import {
  aMember,
  blobsOf,
  codeOf,
  multipart,
  NO_FILE_CHOSEN,
  startStorageApp,
  type Member,
  type StorageApp,
} from '../../support/storage';

let service: StorageApp;
let ada: Member;
beforeAll(async () => {
  service = await startStorageApp({ environment: { MAX_UPLOAD_BYTES: '100000', STORAGE_QUOTA_BYTES: '1050000' } });
  ada = await aMember(service);
});
afterAll(() => service.close());

describe('uploads that are wrong', () => {
  const send = (payload: Buffer | string, type: string, url = '/storage/open/wrong') =>
    service.inject({ method: 'POST', url, headers: { 'content-type': type }, payload });

  it.each([
    ['no file', [], { field: 'file', message: 'must be given' }],
    ['a file in another field', [{ content: 'x', field: 'image' }], { field: 'image', message: 'is not known here' }],
    ['two files', [{ content: 'x' }, { content: 'y' }], { field: 'file', message: 'is one part too much' }],
    [
      'a second part',
      [{ content: 'x' }, { content: 'y', field: 'b' }],
      { field: 'b', message: 'is one part too much' },
    ],
  ])('%s is 400, and nothing is stored', async (_what, uploads, fault) => {
    const { payload, type } = multipart(uploads);
    const answer = await send(payload, type);
    expect(codeOf(answer)).toEqual([400, 'validation']);
    expect(answer.json()).toMatchObject({ errors: [fault] });
    expect((await service.get('/storage/open/wrong')).statusCode).toBe(404);
  });

  it('a form without a file chosen is 400, and the former file stays', async () => {
    await service.upload('/storage/open/form', { content: 'former' });
    const answer = await service.upload('/storage/open/form', NO_FILE_CHOSEN);
    expect(codeOf(answer)).toEqual([400, 'validation']);
    expect(answer.json()).toMatchObject({ errors: [{ field: 'file', message: 'must be given' }] });
    expect((await service.get('/storage/open/form')).body).toBe('former');
    // a file that is empty on purpose has a name
    const empty = await service.upload('/storage/open/form', { ...NO_FILE_CHOSEN, filename: 'empty.bin' });
    expect([empty.statusCode, empty.json<{ ContentLength: number }>().ContentLength]).toEqual([200, 0]);
    const nameless = await service.upload('/storage/open/form', { content: 'bytes', filename: '' });
    expect(nameless.statusCode).toBe(200);
  });

  it('a value of metadata that cannot be kept is 400 by its name, before the body, and nothing changes', async () => {
    const url = `/storage/user/${ada.id}/described`;
    const former = (await service.upload(`${url}?description=x`, { content: 'former' }, ada.headers)).json<object>();
    const before = blobsOf(service);
    const long = `?description=${'x'.repeat(5000)}`;
    const change = {
      method: 'POST',
      url: `${url.replace('storage', 'storage/meta')}${long}`,
      headers: ada.headers,
    } as const;
    const headers = { ...ada.headers, 'content-type': 'multipart/form-data; boundary=never-read' };
    const answers = [
      await service.upload(`${url}${long}`, { content: 'other' }, ada.headers),
      await service.inject({ method: 'POST', url: `${url}${long}`, headers }),
      await service.inject(change),
    ];
    for (const answer of answers) {
      expect(codeOf(answer)).toEqual([400, 'validation']);
      expect(answer.json()).toMatchObject({
        errors: [{ field: 'description', message: 'must have at most 4096 characters as JSON' }],
      });
    }
    const meta = url.replace('storage', 'storage/meta');
    expect([(await service.get(meta, ada.headers)).json(), blobsOf(service)]).toEqual([former, before]);
    // who may not write is told only that
    expect(codeOf(await service.upload(`${url}${long}`, { content: 'x' }))).toEqual([401, 'invalid-token']);
    expect(codeOf(await service.inject({ ...change, headers: {} }))).toEqual([401, 'invalid-token']);
  });

  it('a field before the file is 400', async () => {
    const payload = '--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nx\r\n--b--\r\n';
    const answer = await send(payload, 'multipart/form-data; boundary=b');
    expect(answer.json()).toMatchObject({
      code: 'validation',
      errors: [{ field: 'title', message: 'is not known here' }],
    });
  });

  it.each([
    ['a body that is cut off', multipart([{ content: 'half of i' }]).payload.subarray(0, -20), multipart([]).type],
    ['another boundary', multipart([{ content: 'x' }]).payload, 'multipart/form-data; boundary=other'],
    ['no boundary', multipart([{ content: 'x' }]).payload, 'multipart/form-data'],
    ['no parts at all', Buffer.from('no parts'), multipart([]).type],
  ])('%s is 400, and nothing is stored', async (_what, payload, type) => {
    const answer = await send(payload, type);
    expect(answer.statusCode).toBe(400);
    expect(['malformed-body', 'validation']).toContain(codeOf(answer)[1]);
    expect((await service.get('/storage/open/wrong')).statusCode).toBe(404);
  });

  it.each(['application/json', 'image/png', 'text/plain', 'application/x-www-form-urlencoded'])(
    '%s is 415',
    async (type) => {
      expect(codeOf(await send('{}', type))).toEqual([415, 'unsupported-media-type']);
    },
  );

  it('nothing at all is 415', async () => {
    expect(codeOf(await service.post('/storage/open/wrong'))).toEqual([415, 'unsupported-media-type']);
  });

  it('a file of another type than the rule takes is 415, whatever it is called', async () => {
    const page = { content: '<script>', type: 'image/png', filename: 'a.png' };
    expect(codeOf(await service.upload('/storage/pictures/a', page, ada.headers))).toEqual([
      415,
      'unsupported-media-type',
    ]);
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex');
    const picture = { content: png, type: 'application/octet-stream' };
    expect((await service.upload('/storage/pictures/a', picture, ada.headers)).statusCode).toBe(200);
    expect((await service.get('/storage/pictures/a')).headers['content-type']).toBe('image/png');
  });

  it('a file that is too large is 413, and the former one stays', async () => {
    await service.upload('/storage/open/large', { content: 'small' });
    expect(codeOf(await service.upload('/storage/open/large', { content: Buffer.alloc(100_001) }))).toEqual([
      413,
      'too-large',
    ]);
    expect((await service.get('/storage/open/large')).body).toBe('small');
    expect((await service.upload('/storage/open/large', { content: Buffer.alloc(100_000) })).statusCode).toBe(200);
  });

  it('an owner’s files past the quota are 507', async () => {
    const bob = await aMember(service);
    const answers = [];
    for (let count = 0; count < 11; count += 1) {
      const url = `/storage/user/${bob.id}/${String(count)}`;
      answers.push(await service.upload(url, { content: Buffer.alloc(100_000) }, bob.headers));
    }
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([...Array.from({ length: 10 }, () => 200), 507]);
    expect(codeOf(answers[10]!)).toEqual([507, 'quota-exceeded']);
  });

  it('a file that is replaced faster than it is swept is 429, with the time of the next sweep', async () => {
    const eve = await aMember(service);
    const url = `/storage/user/${eve.id}/one`;
    const replace = () => service.upload(url, { content: Buffer.alloc(100_000) }, eve.headers);
    const answers = [];
    for (let count = 0; count < 21; count += 1) answers.push(await replace());
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([...Array.from({ length: 20 }, () => 200), 429]);
    expect(codeOf(answers[20]!)).toEqual([429, 'too-many-requests']);
    expect(answers[20]!.headers['retry-after']).toBe('420');
    expect((await service.get(url, eve.headers)).statusCode).toBe(200);
    expect((await service.remove(url, eve.headers)).statusCode).toBe(204);
  });

  it('multipart is 415 everywhere else', async () => {
    const { payload, type } = multipart([{ content: 'x' }]);
    const login = { method: 'POST', url: '/auth/login', headers: { 'content-type': type }, payload } as const;
    expect(codeOf(await service.app.inject(login))).toEqual([415, 'unsupported-media-type']);
    expect(codeOf(await send(payload, type, '/storage/meta/open/x'))).toEqual([415, 'unsupported-media-type']);
  });
});
