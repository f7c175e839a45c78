import { anAccount, bearer, signIn } from '../../support/accounts';
import { aSecuredAccount, freshCode, signInWithCode } from '../../support/second-factor';
import { aMember, codeOf, startStorageApp, type Member, type StorageApp } from '../../support/storage';

let service: StorageApp;
let ada: Member;
let bob: Member;
let token: string;
const NOBODY = {};
beforeAll(async () => {
  service = await startStorageApp({ environment: { ADMIN_EMAILS: 'root@example.com' } });
  ada = await aMember(service);
  bob = await aMember(service);
  const stored = await service.upload(there(), { content: 'of Ada' }, ada.headers);
  token = stored.json<{ Metadata: { token: string } }>().Metadata.token;
  await service.upload('/storage/frozen/there', { content: 'for ever' }, ada.headers);
  await service.upload('/storage/mixed/there', { content: 'of Ada' }, ada.headers);
});
afterAll(() => service.close());

const there = (family = ''): string => `/storage${family}/user/${ada.id}/there`;
const missing = (family = ''): string => `/storage${family}/user/${ada.id}/missing`;

/** Every act on a file, by what it is asked as. */
const ACTS = {
  read: (url: (family?: string) => string, headers: Record<string, string>, query = '') =>
    service.get(`${url()}${query}`, headers),
  describe: (url: (family?: string) => string, headers: Record<string, string>, query = '') =>
    service.get(`${url('/meta')}${query}`, headers),
  list: (url: (family?: string) => string, headers: Record<string, string>, query = '') =>
    service.get(`${url('/meta').replace(/\w+$/, '')}${query}`, headers),
  zip: (url: (family?: string) => string, headers: Record<string, string>, query = '') =>
    service.get(`${url().replace(/\w+$/, '')}${query}`, headers),
  write: (url: (family?: string) => string, headers: Record<string, string>, query = '') =>
    service.upload(`${url()}${query}`, { content: 'another' }, headers),
  change: (url: (family?: string) => string, headers: Record<string, string>, query = '') =>
    service.inject({ method: 'POST', url: `${url('/meta')}${query}`, headers }),
  reset: (url: (family?: string) => string, headers: Record<string, string>, query = '') =>
    service.remove(`${url('/meta')}${query}`, headers),
  remove: (url: (family?: string) => string, headers: Record<string, string>, query = '') =>
    service.remove(`${url()}${query}`, headers),
};
type Act = keyof typeof ACTS;
const READS: Act[] = ['read', 'describe', 'list', 'zip'];
const WRITES: Act[] = ['write', 'change', 'reset', 'remove'];

describe('whether or not there is a file', () => {
  it.each([...READS, ...WRITES])('%s: who is not signed in is asked to', async (act) => {
    const answers = [await ACTS[act](there, NOBODY), await ACTS[act](missing, NOBODY)];
    expect(answers.map(codeOf)).toEqual([
      [401, 'invalid-token'],
      [401, 'invalid-token'],
    ]);
    expect(answers[0]?.headers['www-authenticate']).toBe('Bearer realm="latchkey"');
  });

  it.each(READS)('%s: somebody else does not find it', async (act) => {
    const answers = [await ACTS[act](there, bob.headers), await ACTS[act](missing, bob.headers)];
    expect(answers.map(codeOf)).toEqual([
      [404, 'not-found'],
      [404, 'not-found'],
    ]);
  });

  it.each(WRITES)('%s: somebody else may not', async (act) => {
    const answers = [await ACTS[act](there, bob.headers), await ACTS[act](missing, bob.headers)];
    expect(answers.map(codeOf)).toEqual([
      [403, 'forbidden'],
      [403, 'forbidden'],
    ]);
  });

  it.each(['read', 'describe'] as const)('%s: a wrong share token is as none', async (act) => {
    for (const url of [there, missing]) {
      expect(codeOf(await ACTS[act](url, NOBODY, '?token=wrong'))).toEqual([401, 'invalid-token']);
      expect(codeOf(await ACTS[act](url, bob.headers, '?token=wrong'))).toEqual([404, 'not-found']);
    }
  });

  it('all that an answer says is the same, and refused before any condition is looked at', async () => {
    const conditions = { 'if-match': '"x"', 'if-none-match': '*', range: 'bytes=999-' };
    for (const act of [...READS, ...WRITES]) {
      for (const who of [NOBODY, bob.headers]) {
        const said = [];
        for (const url of [there, missing]) {
          const { statusCode, headers, body } = await ACTS[act](url, { ...who, ...conditions });
          const { date: _date, ...others } = headers;
          said.push([statusCode, others, body.replace(/urn:uuid:[\w-]+/, '')]);
        }
        expect(said[1]).toEqual(said[0]);
        expect([401, 403, 404]).toContain(said[0]?.[0]);
      }
    }
  });
});

describe('the share token', () => {
  it('lets whoever has it read, and do nothing else', async () => {
    const query = `?token=${token}`;
    expect((await ACTS.read(there, NOBODY, query)).body).toBe('of Ada');
    expect((await ACTS.describe(there, bob.headers, query)).statusCode).toBe(200);
    for (const act of WRITES) expect((await ACTS[act](there, NOBODY, query)).statusCode).toBe(401);
    for (const act of WRITES) expect((await ACTS[act](there, bob.headers, query)).statusCode).toBe(403);
    const answer = await ACTS.read(there, NOBODY, query);
    expect(answer.headers['cache-control']).toBe('private, no-cache');
  });

  it('given twice it is 400, whatever is there', async () => {
    for (const url of [there, missing]) {
      expect((await ACTS.read(url, NOBODY, `?token=${token}&token=${token}`)).json()).toMatchObject({
        code: 'validation',
        errors: [{ field: 'token', message: 'must be given once' }],
      });
    }
  });
});

describe('a path that no rule matches', () => {
  it.each(['/storage/unknown/a/b', '/storage/meta/unknown/a/b', '/storage/o/unknown/a/b', '/storage/unknown/a/b/'])(
    '%s is 404 to everyone and every verb',
    async (url) => {
      for (const headers of [NOBODY, ada.headers]) {
        expect(codeOf(await service.get(url, headers))).toEqual([404, 'not-found']);
        if (url.endsWith('/')) continue;
        expect(codeOf(await service.remove(url, headers))).toEqual([404, 'not-found']);
        expect(codeOf(await service.upload(url, { content: 'x' }, headers))[0]).toBe(url.includes('meta') ? 415 : 404);
      }
    },
  );
});

describe('each verb by itself', () => {
  it('create without update: a file is written once', async () => {
    expect((await service.upload('/storage/frozen/new', { content: 'x' }, bob.headers)).statusCode).toBe(200);
    expect(codeOf(await service.upload('/storage/frozen/new', { content: 'y' }, bob.headers))).toEqual([
      403,
      'forbidden',
    ]);
    expect(codeOf(await service.upload('/storage/frozen/new', { content: 'y' }))).toEqual([401, 'invalid-token']);
    expect((await service.get('/storage/frozen/new')).body).toBe('x');
  });

  it('get without list, list without get', async () => {
    await service.upload('/storage/mixed/of-bob', { content: 'of Bob' }, bob.headers);
    expect((await service.get('/storage/mixed/there', bob.headers)).statusCode).toBe(200);
    const listed = (await service.get('/storage/meta/mixed/', bob.headers)).json<{ key: string }[]>();
    expect(listed.map(({ key }) => key)).toEqual(['mixed/of-bob']);
    expect(codeOf(await service.get('/storage/meta/mixed/'))).toEqual([401, 'invalid-token']);
  });

  it('delete is for admins: the role is read from the row, and the session may be older', async () => {
    const root = await anAccount(service, { email: 'root@example.com' });
    const headers = bearer(await signIn(service, root));
    expect(codeOf(await service.remove('/storage/mixed/there', bob.headers))).toEqual([403, 'forbidden']);
    await service.database.dataSource.query(`UPDATE users SET roles = '{}' WHERE email = 'root@example.com'`);
    expect(codeOf(await service.remove('/storage/mixed/there', headers))).toEqual([403, 'forbidden']);
    await service.database.dataSource.query(`UPDATE users SET roles = '{admin}' WHERE email = 'root@example.com'`);
    expect((await service.remove('/storage/mixed/there', headers)).statusCode).toBe(204);
  });

  it('a condition on the size is judged when the size is known, and nothing is kept of what is refused', async () => {
    expect((await service.upload('/storage/small/a', { content: 'tiny' }, ada.headers)).statusCode).toBe(200);
    const large = { content: 'more than ten' };
    expect(codeOf(await service.upload('/storage/small/b', large, ada.headers))).toEqual([403, 'forbidden']);
    expect(codeOf(await service.upload('/storage/small/b', large))).toEqual([401, 'invalid-token']);
    expect(codeOf(await service.get('/storage/small/b'))).toEqual([404, 'not-found']);
  });
});

describe('who asks, as conditions see it', () => {
  it('mfa is true of a session that passed a second factor', async () => {
    await service.upload('/storage/open/x', { content: 'x' });
    expect(codeOf(await service.get('/storage/strong/a', ada.headers))).toEqual([404, 'not-found']);
    const { owner, secret } = await aSecuredAccount(service, { email: 'strong@example.com' });
    const headers = bearer(await signInWithCode(service, owner, await freshCode(service, secret)));
    expect((await service.upload('/storage/strong/a', { content: 'x' }, headers)).statusCode).toBe(200);
    expect((await service.get('/storage/strong/a', headers)).statusCode).toBe(200);
    expect(codeOf(await service.get('/storage/strong/a', bob.headers))).toEqual([404, 'not-found']);
  });

  it('an address counts once it is proved', async () => {
    const other = await startStorageApp({ environment: { AUTO_ACTIVATE: 'true' } });
    const person = { email: 'strong@example.com', password: 'long enough a password' };
    await other.post('/auth/register', person);
    const headers = bearer(await signIn(other, person));
    expect(codeOf(await other.upload('/storage/strong/a', { content: 'x' }, headers))).toEqual([403, 'forbidden']);
    await other.close();
  });

  it('an access token that is not good is 401, even where nobody needs one', async () => {
    const headers = { authorization: 'Bearer not-one' };
    const answer = await service.get('/storage/open/x', headers);
    expect(codeOf(answer)).toEqual([401, 'invalid-token']);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="latchkey", error="invalid_token"');
  });

  it('a write by cookie counts only from a page of ours', async () => {
    const cookie = `sv_at=${ada.headers.authorization.slice('Bearer '.length)}`;
    const foreign = { cookie, origin: 'https://evil.example.com' };
    expect(codeOf(await service.upload(there(), { content: 'x' }, foreign))).toEqual([403, 'cross-site']);
    expect(codeOf(await service.remove(there(), foreign))).toEqual([403, 'cross-site']);
    expect((await service.get(there(), { cookie })).body).toBe('of Ada');
    const own = { cookie, origin: 'http://localhost:3000' };
    expect((await service.upload(there(), { content: 'by cookie' }, own)).statusCode).toBe(200);
  });

  it('an account that is gone owns nothing any more, and its files are gone', async () => {
    const eve = await aMember(service);
    await service.upload('/storage/open/of-eve', { content: 'x' }, eve.headers);
    expect((await service.post('/auth/delete', undefined, eve.headers)).statusCode).toBe(204);
    expect(codeOf(await service.get('/storage/open/of-eve'))).toEqual([404, 'not-found']);
    expect((await service.get('/storage/open/of-eve', eve.headers)).statusCode).toBe(401);
  });
});
