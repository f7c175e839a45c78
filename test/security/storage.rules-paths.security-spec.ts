import { aMember, startStorageApp, type Member, type StorageApp } from '../support/storage';

/** `open` is for all, `closed` for nobody: a path that is taken for another shows. What is no path: storage.paths. */
const RULES = `
paths:
  /open/:name: { read: true, write: true }
  /open/:name/:more: { read: true, write: true }
  /closed/:name: { read: false, write: false }
  /:a/closed/:b: { read: false, write: false }
  /süß/:name: { read: false }
`;

/** What is odd, and a name as good as any. */
const ODD: readonly [string, string][] = [
  ['dots at its end', 'trailing...'],
  ['a dot at its end', 'trailing.'],
  ['a space at its end', 'trailing%20'],
  ['three dots', '...'],
  ['a dot before it', '.hidden'],
  ['a percent sign that was encoded', '100%25'],
  ['what would be an escape, if decoded twice', '..%252f..%252fclosed'],
  ['a colon', ':name'],
  ['a star', '*'],
  ['a question mark', 'a%3fb'],
  ['a hash', 'a%23b'],
  ['a plus', 'a+b'],
  ['a semicolon', 'a;b=c'],
  ['a tilde', '~root'],
  ['quotes', '%22%27%60'],
  ['the name of a route', 'meta'],
  ['the name of what every object has', '__proto__'],
  ['another such', 'constructor'],
  ['a reserved name elsewhere', 'CON'],
  ['a star beyond', '%F0%9F%8C%9F'],
  ['255 bytes', 'a'.repeat(255)],
];

describe('rules and odd paths', () => {
  let service: StorageApp;
  let ada: Member;

  beforeAll(async () => {
    service = await startStorageApp({ rules: RULES });
    ada = await aMember(service);
  });
  afterAll(() => service.close());

  it.each(ODD)('%s makes a file of that name, and of no other', async (_what, name) => {
    const url = `/storage/open/${name}`;
    expect((await service.upload(url, { content: name })).statusCode).toBe(200);
    const described = await service.get(`/storage/meta/open/${name}`);
    expect(described.json<{ key: string }>().key).toBe(`open/${decodeURIComponent(name)}`);
    expect((await service.get(url)).body).toBe(name);
    const all = (await service.get('/storage/meta/open/')).json<{ key: string }[]>();
    expect(all.map(({ key }) => key)).toEqual([`open/${decodeURIComponent(name)}`]);
    expect((await service.remove(url)).statusCode).toBe(204);
    expect((await service.get(url)).statusCode).toBe(404);
  });

  it('two spellings of one name are one file, and the rules see the composed one', async () => {
    expect((await service.upload('/storage/open/u%CC%88', { content: 'umlaut' })).statusCode).toBe(200);
    expect((await service.get('/storage/open/%C3%BC')).body).toBe('umlaut');
  });

  it('a literal of a rule is not got round by another spelling of it', async () => {
    for (const spelling of [
      'closed/a',
      '%63losed/a',
      'c%6Cosed/a',
      'x/closed/a',
      'x/%63losed/a',
      's%C3%BC%C3%9F/a',
      'su%CC%88%C3%9F/a',
    ]) {
      expect([spelling, (await service.get(`/storage/${spelling}`)).statusCode]).toEqual([spelling, 401]);
    }
    // another name is another path, which no rule has
    expect((await service.get('/storage/Closed/a')).statusCode).toBe(404);
    expect((await service.get('/storage/closed%20/a')).statusCode).toBe(404);
  });

  it('no first segment that is a route of its own reaches a rule', async () => {
    for (const path of ['o/meta/x', 'o/o/x', 'm/m/x', 'meta/meta/x', 'meta/o/x', '%6f/%6d/x']) {
      expect([path, (await service.get(`/storage/${path}`, ada.headers)).statusCode]).toEqual([path, 404]);
    }
  });
});
