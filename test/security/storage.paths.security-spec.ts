import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { aMember, multipart, startStorageApp, type Member, type StorageApp } from '../support/storage';
import { WorkRecorder } from '../support/work-recorder';

let service: StorageApp;
let ada: Member;
let port: number;
beforeAll(async () => {
  service = await startStorageApp();
  ada = await aMember(service);
  await service.upload('/storage/open/there', { content: 'there' });
  await service.app.listen(0, '127.0.0.1');
  ({ port } = service.app.getHttpServer().address() as AddressInfo);
});
afterAll(() => service.close());

/** Sends a target byte for byte: what makes URLs would mend it. */
async function ask(
  method: string,
  target: string,
  headers: Record<string, string> = {},
): Promise<[number, string, unknown]> {
  const body = method === 'POST' ? multipart([{ content: 'x' }]) : null;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const type = body ? { 'content-type': body.type, 'content-length': body.payload.length } : {};
    const sent = request({ port, method, path: target, headers: { ...headers, ...type }, agent: false }, resolve);
    sent.once('error', reject).end(body?.payload);
  });
  const problem = JSON.parse(await text(answer)) as { code: string; errors?: { message: string }[] };
  return [answer.statusCode ?? 0, problem.code, problem.errors?.[0]?.message];
}

describe('a path that is none is refused, alike for everyone and everything', () => {
  const cases: [string, string][] = [
    ['open/../open/there', 'has a segment . or ..'],
    ['open/%2e%2e/open/there', 'has a segment . or ..'],
    ['open/%2E./there', 'has a segment . or ..'],
    ['../healthz', 'has a segment . or ..'],
    ['open/./there', 'has a segment . or ..'],
    ['open%2fthere', 'has a slash or backslash inside a segment'],
    ['open/there%2F', 'has a slash or backslash inside a segment'],
    ['open/..%2f..%2fetc%2fpasswd', 'has a slash or backslash inside a segment'],
    ['open/a%5cb', 'has a slash or backslash inside a segment'],
    ['open//there', 'has an empty segment'],
    ['open/there%00', 'has a control character'],
    ['open/there%00.png', 'has a control character'],
    ['open/%01', 'has a control character'],
    ['open/a%0d%0aSet-Cookie:%20x=1', 'has a control character'],
    [`open/${'n'.repeat(2048)}`, 'has a segment of more than 255 bytes'],
    [`open/${'n/'.repeat(600)}n`, 'is longer than 1024 bytes'],
  ];

  it.each(cases)('%s: it %s', async (path, message) => {
    for (const family of ['storage', 'storage/o', 'storage/meta', 'storage/m']) {
      for (const headers of [{}, ada.headers]) {
        for (const method of ['GET', 'DELETE', ...(family.endsWith('m') || family.endsWith('meta') ? [] : ['POST'])]) {
          const target = `/${family}/${path}`;
          expect([method, target, ...(await ask(method, target, headers))]).toEqual([
            method,
            target,
            400,
            'bad-url',
            message,
          ]);
        }
      }
    }
  });

  it.each(['open/%FF', 'open/%C0%AE', 'open/%ED%A0%80', 'open/100%', 'open/%zz'])('%s is no UTF-8', async (path) => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      expect((await ask(method, `/storage/${path}`)).slice(0, 2)).toEqual([400, 'bad-url']);
      expect((await ask('GET', `/storage/meta/${path}`)).slice(0, 2)).toEqual([400, 'bad-url']);
    }
  });

  it('a folder is no file to write or remove', async () => {
    for (const method of ['POST', 'DELETE']) {
      const refusal = [400, 'bad-url', 'must name a file, without a slash at its end'];
      expect(await ask(method, '/storage/open/there/')).toEqual(refusal);
      expect(await ask(method, '/storage/open/missing/')).toEqual(refusal);
    }
  });

  it('a query that is no UTF-8 or holds NUL is refused as well', async () => {
    expect(await ask('GET', '/storage/open/there?token=%FF')).toEqual([
      400,
      'bad-url',
      'is not UTF-8 in percent encoding',
    ]);
    expect(await ask('GET', '/storage/open/there?token=%00')).toEqual([
      400,
      'validation',
      'must not hold a NUL character',
    ]);
  });
});

it('names with dots at their end, letters of any language and signs that mean something elsewhere are names', async () => {
  const names = [
    'dots...',
    '...',
    ' a ',
    'C:',
    'nul',
    '$(x)',
    "'; DROP TABLE",
    '%',
    'a?b#c',
    '日本',
    '👩‍👩‍👧',
    '__proto__',
    '-rf',
  ];
  for (const name of names) {
    const url = `/storage/open/${encodeURIComponent(name)}`;
    const stored = await service.upload(url, { content: name });
    expect([stored.statusCode, stored.json<{ key: string }>().key]).toEqual([200, `open/${name}`]);
    expect((await service.get(url)).body).toBe(name);
  }
});

it('however the route itself is spelled, it is the same path that rules see', async () => {
  const about = `/storage/user/${ada.id}/spelled`;
  await service.upload(about, { content: '{"code": "bytes"}' }, ada.headers);
  const path = `user/${ada.id}/spelled`;
  for (const target of [`/%73torage/${path}`, `/storage/%6F/${path}`, `http://id.example.com/storage/${path}`]) {
    expect((await ask('GET', target, ada.headers)).slice(0, 2)).toEqual([200, 'bytes']);
    expect((await ask('GET', target)).slice(0, 2)).toEqual([401, 'invalid-token']);
  }
  expect((await ask('GET', `/storage/%6Deta/${path}`)).slice(0, 2)).toEqual([401, 'invalid-token']);
  expect((await ask('GET', `/storage/%6Deta/${path}`, ada.headers))[0]).toBe(200);
});

it('paths of the families themselves are no files', async () => {
  for (const path of ['/storage', '/storage/o', '/storage/m', '/storage/meta', '/storage/%6d', '/storage/met%61']) {
    expect((await ask('GET', path)).slice(0, 2)).toEqual([404, 'not-found']);
  }
});

it('what was asked of a file costs the same whether or not it is there', async () => {
  const eve = await aMember(service);
  const recorder = await WorkRecorder.attach(service);
  await service.upload(`/storage/user/${ada.id}/there`, { content: 'x' }, ada.headers);
  const body = multipart([{ content: 'x' }]);
  for (const headers of [{}, eve.headers]) {
    for (const [method, family] of [
      ['GET', ''],
      ['HEAD', ''],
      ['GET', '/meta'],
      ['DELETE', ''],
      ['DELETE', '/meta'],
      ['POST', '/meta'],
      ['POST', ''],
    ] as const) {
      const works = [];
      for (const name of ['there', 'missing']) {
        const url = `/storage${family}/user/${ada.id}/${name}`;
        const isUpload = method === 'POST' && family === '';
        const upload = isUpload
          ? { payload: body.payload, headers: { ...headers, 'content-type': body.type } }
          : { headers };
        const { answer, work } = await recorder.record({ method, url, ...upload });
        works.push([answer.statusCode, work]);
      }
      expect(works[1]).toEqual(works[0]);
    }
  }
});
