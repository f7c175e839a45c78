import { aMember, startStorageApp, type Member, type StorageApp } from '../support/storage';
import { STORAGE_REQUESTS } from '../support/storage-verbs';
import { problemOf } from '../support/problem';

/** Everything below `open` is for all, `closed` for nobody: a path that is taken for another shows. */
const RULES = `
paths:
  /open/:name: { read: true, write: true }
  /open/:name/:more: { read: true, write: true }
  /closed/:name: { read: false, write: false }
  /:a/closed/:b: { read: false, write: false }
`;

/** What no path may hold, as it is sent. */
const WRONG: readonly [string, string][] = [
  ['a segment ..', 'open/../closed/a'],
  ['a segment .. that is encoded', 'open/%2e%2e/closed'],
  ['a segment .. that is half encoded', 'open/.%2E/a'],
  ['a segment .', 'open/./a'],
  ['a segment . that is encoded', 'open/%2e'],
  ['a slash inside a segment', 'open/..%2fclosed'],
  ['a slash inside a segment, in capitals', 'open%2Fa'],
  ['a backslash', 'open/..%5cclosed'],
  ['a NUL', 'open/a%00'],
  ['a line break', 'open/a%0d%0aX-Header:%20x'],
  ['a control character', 'open/%1b%5b2J'],
  ['DEL', 'open/%7f'],
  ['an empty segment', 'open//a'],
  ['an empty segment at the start', '/open/a'],
  ['bytes that are not UTF-8', 'open/%ff'],
  ['an overlong slash', 'open/..%c0%afclosed'],
  ['a surrogate', 'open/%ed%a0%80'],
  ['a cut character', 'open/%e2%82'],
  ['a percent sign alone', 'open/%'],
  ['a percent sign with one digit', 'open/%a'],
  ['a percent sign with no digits', 'open/%zz'],
  ['2 KB', `open/${'a'.repeat(2048)}`],
  ['256 bytes in a segment', `open/${'%C3%A4'.repeat(128)}`],
];

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

describe('odd paths', () => {
  let service: StorageApp;
  let ada: Member;

  beforeAll(async () => {
    service = await startStorageApp({ rules: RULES });
    ada = await aMember(service);
  });
  afterAll(() => service.close());

  it.each(WRONG)('%s is refused, whoever asks and whatever is asked, naming the path', async (_what, path) => {
    for (const kind of STORAGE_REQUESTS) {
      for (const headers of [{}, { ...ada.headers }]) {
        const answer = await service.inject(kind.of(path, headers));
        expect([kind.name, answer.statusCode]).toEqual([kind.name, 400]);
        if (answer.body !== '') expect(problemOf(answer).code).toBe('bad-url');
      }
    }
  });

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
    for (const spelling of ['closed/a', '%63losed/a', 'c%6Cosed/a', 'open/closed/a', 'open/%63losed/a']) {
      expect([spelling, (await service.get(`/storage/${spelling}`)).statusCode]).toEqual([spelling, 401]);
    }
    // another name is another path, which no rule has
    expect((await service.get('/storage/Closed/a')).statusCode).toBe(404);
    expect((await service.get('/storage/closed%20/a')).statusCode).toBe(404);
  });

  it('a slash at the end is a folder, and nothing can be written there', async () => {
    expect((await service.upload('/storage/open/', { content: 'x' })).statusCode).toBe(400);
    expect((await service.remove('/storage/open/')).statusCode).toBe(400);
    expect((await service.upload('/storage/open/a/', { content: 'x' })).statusCode).toBe(400);
  });

  it('no first segment that is a route of its own reaches a rule', async () => {
    for (const path of ['o/meta/x', 'o/o/x', 'm/m/x', 'meta/meta/x', 'meta/o/x', '%6f/%6d/x']) {
      expect([path, (await service.get(`/storage/${path}`, ada.headers)).statusCode]).toEqual([path, 404]);
    }
  });
});
