import sharp from 'sharp';
import { aMember, codeOf, startStorageApp, type Member, type StorageApp } from '../../support/storage';

let service: StorageApp;
let ada: Member;
beforeAll(async () => {
  service = await startStorageApp();
  ada = await aMember(service);
  const picture = sharp({ create: { width: 600, height: 300, channels: 3, background: 'teal' } });
  const turned = await picture.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer();
  await service.upload('/storage/open/photo.jpg', { content: turned, type: 'image/jpeg' });
  await service.upload('/storage/open/drawing.png', { content: await picture.png().toBuffer(), type: 'image/png' });
});
afterAll(() => service.close());

const measured = async (bytes: Buffer) => {
  const { format, width, height, orientation } = await sharp(bytes).metadata();
  return { format, width, height, orientation };
};

it('is as large as the next step, turned, without what it said of itself', async () => {
  const answer = await service.get('/storage/open/photo.jpg?w=100');
  expect(answer.statusCode).toBe(200);
  expect(await measured(answer.rawPayload)).toEqual({
    format: 'jpeg',
    width: 128,
    height: 256,
    orientation: undefined,
  });
  expect(answer.headers).toMatchObject({
    'content-type': 'image/jpeg',
    'content-disposition': 'inline; filename=photo.jpeg',
    'content-length': String(answer.rawPayload.length),
    'accept-ranges': 'bytes',
    'cache-control': 'public, no-cache',
    'content-security-policy': 'sandbox',
    'x-content-type-options': 'nosniff',
  });
});

it.each([
  ['f=webp', { format: 'webp', width: 600, height: 300 }],
  ['f=avif&h=0&w=0', { format: 'heif', width: 600, height: 300 }],
  ['f=jpeg&q=10', { format: 'jpeg', width: 600, height: 300 }],
  ['h=50', { format: 'png', width: 128, height: 64 }],
  ['w=8192&h=8192', { format: 'png', width: 600, height: 300 }],
])('%s', async (query, expected) => {
  const answer = await service.get(`/storage/open/drawing.png?${query}`);
  expect([answer.statusCode, await measured(answer.rawPayload)]).toMatchObject([200, expected]);
});

it('nothing wished for is the original, byte for byte', async () => {
  const original = await service.get('/storage/open/photo.jpg');
  expect(await measured(original.rawPayload)).toMatchObject({ width: 600, orientation: 6 });
  expect((await service.get('/storage/open/photo.jpg?w=0&h=0')).rawPayload).toEqual(original.rawPayload);
});

it('an image has an entity tag of its own, the same for all who wish the same', async () => {
  const tagOf = async (query: string) => (await service.get(`/storage/open/drawing.png${query}`)).headers.etag;
  const [original, small, alsoSmall, other] = [
    await tagOf(''),
    await tagOf('?w=20'),
    await tagOf('?w=30'),
    await tagOf('?w=40'),
  ];
  expect(alsoSmall).toBe(small);
  expect(new Set([original, small, other]).size).toBe(3);
  const headers = { 'if-none-match': String(small) };
  expect((await service.get('/storage/open/drawing.png?w=20', headers)).statusCode).toBe(304);
  expect((await service.get('/storage/open/drawing.png', headers)).statusCode).toBe(200);
});

it('HEAD and ranges are of the image, not of the original', async () => {
  const whole = await service.get('/storage/open/drawing.png?w=64&f=webp');
  const head = await service.inject({ method: 'HEAD', url: '/storage/open/drawing.png?w=64&f=webp' });
  expect([head.headers['content-length'], head.headers.etag]).toEqual([
    whole.headers['content-length'],
    whole.headers.etag,
  ]);
  const part = await service.get('/storage/open/drawing.png?w=64&f=webp', { range: 'bytes=4-7' });
  expect([part.statusCode, part.rawPayload]).toEqual([206, whole.rawPayload.subarray(4, 8)]);
  expect((await service.get('/storage/open/drawing.png?w=64&f=webp', { range: 'bytes=999999-' })).statusCode).toBe(416);
});

it.each([
  ['w=8193', 'w'],
  ['w=-1', 'w'],
  ['h=1e3', 'h'],
  ['h=', 'h'],
  ['q=0', 'q'],
  ['q=101', 'q'],
  ['f=svg', 'f'],
  ['f=WEBP', 'f'],
])('%s is no wish', async (query, field) => {
  const answer = await service.get(`/storage/open/drawing.png?${query}`);
  expect(answer.json()).toMatchObject({ status: 400, code: 'validation', errors: [{ field }] });
});

it('of what is no raster image nothing is made, and nothing is drawn', async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><script>alert(1)</script></svg>';
  await service.upload('/storage/open/a.svg', { content: svg, type: 'image/svg+xml' });
  const answer = await service.get('/storage/open/a.svg?w=100&f=png');
  expect([answer.statusCode, answer.body]).toEqual([200, svg]);
  expect(answer.headers).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-disposition': 'attachment; filename=a.svg',
  });
});

it('a bomb is 422, and the next picture is served', async () => {
  const bomb = await sharp({ create: { width: 9000, height: 9000, channels: 3, background: 'black' } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  await service.upload('/storage/open/bomb.png', { content: bomb, type: 'image/png' });
  expect(codeOf(await service.get('/storage/open/bomb.png?w=16'))).toEqual([422, 'unprocessable-image']);
  expect((await service.get('/storage/open/drawing.png?w=500')).statusCode).toBe(200);
  expect((await service.get('/storage/open/bomb.png')).rawPayload).toHaveLength(bomb.length);
});

it('a picture that breaks off is 422', async () => {
  const whole = await sharp({ create: { width: 300, height: 300, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  await service.upload('/storage/open/broken.png', { content: whole.subarray(0, whole.length / 2), type: 'image/png' });
  expect(codeOf(await service.get('/storage/open/broken.png?w=16'))).toEqual([422, 'unprocessable-image']);
});

it('who may not have the original may not have an image of it, though somebody has just had it made', async () => {
  const url = `/storage/user/${ada.id}/face.png`;
  const content = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'pink' } })
    .png()
    .toBuffer();
  await service.upload(url, { content, type: 'image/png' }, ada.headers);
  expect((await service.get(`${url}?w=32`, ada.headers)).statusCode).toBe(200);
  expect(codeOf(await service.get(`${url}?w=32`))).toEqual([401, 'invalid-token']);
  expect(codeOf(await service.get(`${url}?w=bad`))).toEqual([401, 'invalid-token']);
  const other = await aMember(service);
  expect(codeOf(await service.get(`${url}?w=32`, other.headers))).toEqual([404, 'not-found']);
});

it('what is made of a picture is not what is made of the same picture of somebody else', async () => {
  const content = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'plum' } })
    .png()
    .toBuffer();
  const bob = await aMember(service);
  const urlOf = (member: Member) => `/storage/user/${member.id}/same.png`;
  const storedFor = (member: Member) => service.upload(urlOf(member), { content, type: 'image/png' }, member.headers);
  const tagFor = async (member: Member) =>
    String((await service.get(`${urlOf(member)}?w=32`, member.headers)).headers.etag);
  await storedFor(ada);
  await storedFor(bob);
  const hers = await tagFor(ada);
  expect(hers).toMatch(/^"[0-9a-f]{64}"$/);
  expect(await tagFor(bob)).not.toBe(hers);
  const described = await service.post(`/storage/meta/user/${ada.id}/same.png?description=mine`, {}, ada.headers);
  expect(described.statusCode).toBe(200);
  expect(await tagFor(ada)).toBe(hers);
  await storedFor(ada);
  expect(await tagFor(ada)).not.toBe(hers);
});

it('a picture that is written over is made anew', async () => {
  const plain = async (background: string) =>
    sharp({ create: { width: 64, height: 64, channels: 3, background } })
      .png()
      .toBuffer();
  const colour = async () => {
    const { dominant } = await sharp((await service.get('/storage/open/changing.png?w=16')).rawPayload).stats();
    return dominant.r > dominant.b ? 'red' : 'blue';
  };
  await service.upload('/storage/open/changing.png', { content: await plain('red') });
  expect(await colour()).toBe('red');
  await service.upload('/storage/open/changing.png', { content: await plain('blue') });
  expect(await colour()).toBe('blue');
});
