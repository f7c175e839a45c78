import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { FilesAtOnce } from '../../src/http/files/files-at-once';
import { aPerson, bearer, signIn } from '../support/accounts';
import { fakeOnly } from '../support/fake-timers';
import { eventually } from '../support/eventually';
import { manyFiles } from '../support/many-files';
import { aMember, codeOf, startStorageApp, type Member, type StorageApp } from '../support/storage';
import { askUnread, readAll } from '../support/unread';

/** More than the buffers of a connection hold. */
const LARGE = '/storage/open/large';

let service: StorageApp;
let server: Server;
let port: number;
let ada: Member;
let sockets: Socket[] = [];

beforeAll(async () => {
  service = await startStorageApp();
  await service.app.listen(0, '127.0.0.1');
  server = service.app.getHttpServer();
  ({ port } = server.address() as AddressInfo);
  ada = await aMember(service);
  await service.upload(LARGE, { content: randomBytes(16_000_000) });
  await manyFiles(service.database.database.pool, ada.id, 50, 15_000);
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  jest.useRealTimers();
});
afterAll(() => service.close());

const ask = async (targets: readonly string[], headers = {}): Promise<Socket> => {
  const socket = await askUnread(port, targets, headers);
  sockets.push(socket);
  return socket;
};
const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);

describe('pages that nobody reads', () => {
  const PAGES = 60;

  /** The service's side of a connection on which pages wait, the last of them for its turn. */
  async function waiting(): Promise<[client: Socket, served: Socket]> {
    // only what looks whether anything moves is faked
    fakeOnly('interval');
    const connected = once(server, 'connection') as Promise<[Socket]>;
    const client = await ask(times(PAGES, `/storage/meta/user/${ada.id}/?limit=1000`), ada.headers);
    const [served] = await connected;
    await eventually(() => {
      expect(served.writableLength).toBeGreaterThan(0);
    });
    return [client, served];
  }

  it('end after a minute, with their connection', async () => {
    const [, served] = await waiting();
    jest.advanceTimersByTime(59_000);
    expect(served.destroyed).toBe(false);
    jest.advanceTimersByTime(11_000);
    expect(served.destroyed).toBe(true);
  });

  it('are all given to who reads them, and nothing looks after them any more then', async () => {
    const [client, served] = await waiting();
    jest.advanceTimersByTime(40_000);
    const read = readAll(client);
    await eventually(() => {
      expect(read()).toBeGreaterThan(PAGES * 250_000);
      expect(jest.getTimerCount()).toBe(0);
    }, 50_000);
    jest.advanceTimersByTime(600_000);
    expect(served.destroyed).toBe(false);
  });
});

it('what a stolen session has open takes no place of the owner who has ended it', async () => {
  const owner = await aMember(service);
  const mine = `/storage/user/${owner.id}/mine`;
  await service.upload(mine, { content: 'mine' }, owner.headers);
  for (let index = 0; index < 4; index += 1) await ask([LARGE, '/user/me', ...times(31, LARGE)], owner.headers);
  await eventually(() => {
    expect(service.app.get(FilesAtOnce, { strict: false }).size).toBe(128);
  });
  expect(codeOf(await service.get(mine, owner.headers))).toEqual([429, 'too-many-requests']);
  // nor does it keep the owner from ending it
  expect((await service.get('/user/me', owner.headers)).statusCode).toBe(200);
  expect((await service.post('/auth/token/revoke', { all: true }, owner.headers)).statusCode).toBe(204);
  const person = { email: owner.email, password: aPerson().password };
  const fresh = bearer(await signIn(service, person));
  expect((await service.get(mine, fresh)).statusCode).toBe(200);
  expect((await service.upload(mine, { content: 'still mine' }, fresh)).statusCode).toBe(200);
  expect((await service.get(`/storage/user/${owner.id}/`, fresh)).statusCode).toBe(200);
});

describe('answers about files that one caller has open', () => {
  const open = () => service.app.get(FilesAtOnce, { strict: false }).size;
  const get = (headers = {}, remoteAddress = '127.0.0.1') =>
    service.inject({ method: 'GET', url: '/storage/meta/open/large', headers, remoteAddress });

  it.each([
    ['file', () => LARGE],
    ['description', () => `/storage/meta${LARGE.slice('/storage'.length)}`],
  ])('are 128, whoever comes next may come again, others come: a stranger’s, of a %s', async (_what, target) => {
    // the first of each connection keeps the others
    for (let index = 0; index < 4; index += 1) await ask([LARGE, ...times(31, target())]);
    await eventually(() => {
      expect(open()).toBe(128);
    });
    const refused = await get();
    expect(codeOf(refused)).toEqual([429, 'too-many-requests']);
    expect(refused.headers['retry-after']).toBe('1');
    expect(codeOf(await service.get(LARGE))).toEqual([429, 'too-many-requests']);
    expect(codeOf(await service.get('/storage/open/'))).toEqual([429, 'too-many-requests']);
    expect((await get(ada.headers)).statusCode).toBe(200);
    expect((await get({}, '192.0.2.7')).statusCode).toBe(200);
    for (const socket of sockets) socket.destroy();
    await eventually(() => {
      expect(open()).toBe(0);
    });
    expect((await get()).statusCode).toBe(200);
  });
});
