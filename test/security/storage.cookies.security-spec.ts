import { aMember, codeOf, startStorageApp, type Member, type StorageApp } from '../support/storage';

let service: StorageApp;
let ada: Member;
let access: string;
beforeAll(async () => {
  service = await startStorageApp();
  ada = await aMember(service);
  access = ada.headers.authorization.replace('Bearer ', '');
  await service.upload('/storage/open/page', { content: 'for all' });
  await service.upload(own(), { content: 'of Ada' }, ada.headers);
});
afterAll(() => service.close());

const own = (family = '') => `/storage${family}/user/${ada.id}/own`;
const byCookie = (token: string) => ({ cookie: `sv_at=${token}` });
const said = async (url: string, headers: Record<string, string>) => {
  const { statusCode, body, headers: all } = await service.get(url, headers);
  const { date: _date, ...others } = all;
  return [statusCode, others, body.replace(/urn:uuid:[\w-]+/, '')];
};

it('a good one opens what is its owner’s', async () => {
  expect((await service.get(own(), byCookie(access))).body).toBe('of Ada');
});

describe.each([
  ['broken', () => Promise.resolve('broken')],
  ['signed by somebody else', () => Promise.resolve(`${access.slice(0, -4)}AAAA`)],
  [
    'of a session that is over',
    async () => {
      const { headers } = await aMember(service);
      await service.post('/auth/token/revoke', undefined, headers);
      return headers.authorization.replace('Bearer ', '');
    },
  ],
  [
    'of an account that is gone',
    async () => {
      const { id, headers } = await aMember(service);
      await service.database.dataSource.query(`UPDATE users SET disabled_at = now() WHERE id = $1`, [id]);
      return headers.authorization.replace('Bearer ', '');
    },
  ],
])('a cookie that is %s', (_what, tokenOf) => {
  let token: string;
  beforeAll(async () => {
    token = await tokenOf();
  });

  it('is as none: what is open stays open, links go on, all else is closed', async () => {
    const { token: shared } = (await service.get(own('/meta'), ada.headers)).json<{ Metadata: { token: string } }>()
      .Metadata;
    const targets = ['/storage/open/page', `${own()}?token=${shared}`, own(), own('/meta'), '/storage/mixed/a'];
    for (const url of targets) expect(await said(url, byCookie(token))).toEqual(await said(url, {}));
    expect((await service.get('/storage/open/page', byCookie(token))).body).toBe('for all');
    expect(codeOf(await service.get(own(), byCookie(token)))).toEqual([401, 'invalid-token']);
  });

  it('writes what a stranger writes, and nothing from a page of others', async () => {
    expect((await service.upload('/storage/open/written', { content: 'x' }, byCookie(token))).statusCode).toBe(200);
    expect(codeOf(await service.upload(own(), { content: 'x' }, byCookie(token)))).toEqual([401, 'invalid-token']);
    const elsewhere = { ...byCookie(token), origin: 'https://evil.example.com' };
    expect(codeOf(await service.upload('/storage/open/written', { content: 'x' }, elsewhere))).toEqual([
      403,
      'cross-site',
    ]);
  });

  it('in a header it is refused as everywhere', async () => {
    for (const headers of [{ authorization: `Bearer ${token}` }, { 'access-token': token }]) {
      const answer = await service.get('/storage/open/page', headers);
      expect(answer.statusCode).toBe(401);
    }
  });

  it('opens nothing elsewhere', async () => {
    expect((await service.get('/user/me', byCookie(token))).statusCode).toBe(401);
  });
});
