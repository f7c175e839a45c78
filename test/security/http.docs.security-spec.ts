import { startTestApp, type TestApp } from '../support/test-app';

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp({ environment: { THROTTLE_LIMIT: '1' } });
});
afterAll(() => service.close());

describe('/docs', () => {
  it('runs only scripts of its own, none of them inline', async () => {
    const page = await service.get('/docs');
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(page.body).not.toMatch(/<script(?![^>]*\ssrc=)|\son\w+=|javascript:/i);
    expect(page.body).not.toMatch(/https?:\/\//);
  });

  it.each([
    ['/docs/swagger-ui.css', 'text/css; charset=utf-8'],
    ['/docs/swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
    ['/docs/start.js', 'text/javascript; charset=utf-8'],
    ['/docs/favicon-32x32.png', 'image/png'],
  ])('serves what its page asks for: %s', async (url, type) => {
    const { statusCode, headers, rawPayload } = await service.get(url);
    expect([statusCode, headers['content-type'], headers['x-content-type-options']]).toEqual([200, type, 'nosniff']);
    expect(rawPayload.length).toBeGreaterThan(100);
  });

  it.each(['package.json', 'index.html', '..%2fpackage.json', '..%2f..%2fpackage.json', 'constructor', '%00'])(
    'serves no other file: %s',
    async (file) => {
      expect((await service.get(`/docs/${file}`)).statusCode).toBe(404);
    },
  );
});

describe('/openapi.json', () => {
  it('is OpenAPI 3.1 without what 3.1 does not know', async () => {
    const document = (await service.get('/openapi.json')).json<{ openapi: string; paths: Record<string, unknown> }>();
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/auth/login', '/healthz', '/readyz']));
    expect(JSON.stringify(document)).not.toContain('"nullable":');
  });

  it('describes the API and not the pages', async () => {
    const { paths } = (await service.get('/openapi.json')).json<{ paths: Record<string, unknown> }>();
    expect(Object.keys(paths).filter((path) => /docs|openapi|mailbox/.test(path))).toEqual([]);
  });
});

describe('health', () => {
  it('is told as text, to GET and HEAD, as often as one likes', async () => {
    for (let time = 0; time < 5; time += 1) {
      const { statusCode, body, headers } = await service.get('/healthz');
      expect([statusCode, body, headers['content-type']]).toEqual([200, 'OK', 'text/plain; charset=utf-8']);
    }
    const head = await service.inject({ method: 'HEAD', url: '/healthz' });
    expect([head.statusCode, head.body, head.headers['content-length']]).toEqual([200, '', '2']);
  });

  it('readiness has a line a dependency', async () => {
    const { statusCode, headers, body } = await service.get('/readyz');
    expect([statusCode, JSON.parse(body)]).toEqual([200, { database: 'ok', revocations: 'ok', mail: 'ok' }]);
    expect(headers['cache-control']).toBe('no-store');
  });
});
