import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { fakeOnly } from '../support/fake-timers';
import { eventually } from '../support/eventually';
import { beginUpload } from '../support/slow-upload';
import { aMember, blobsOf, codeOf, startStorageApp, type Member, type StorageApp } from '../support/storage';

const RULES = `
functions:
  isEditor(): request.auth != null && "editor" in request.auth.roles
paths:
  /news/:name: { read: true, write: isEditor() }
  /user/:userId/:name: { read: true, write: request.auth.user_id == userId }
  /mail/:name: { read: true, write: request.auth.email.endsWith("@corp.example") }
  /open/:name: { read: true, write: true }
`;

let service: StorageApp;
let port: number;

beforeAll(async () => {
  service = await startStorageApp({ rules: RULES });
  await service.app.listen(0, '127.0.0.1');
  ({ port } = service.app.getHttpServer().address() as AddressInfo);
});
afterAll(() => service.close());

const slowUpload = (path: string, headers: Record<string, string> = {}) => beginUpload(service, port, path, headers);

const update = (change: string, { id }: Member) =>
  service.database.dataSource.query(`UPDATE users SET ${change} WHERE id = $1`, [id]);

describe('an upload that takes its time is judged by what its sender is when it ends', () => {
  it.each<[string, (ada: Member) => string, (ada: Member) => Promise<unknown>, number, string]>([
    [
      'a session that has ended, though nobody remembers that',
      ({ id }) => `/storage/user/${id}/a`,
      ({ id }) => service.database.dataSource.query(`DELETE FROM sessions WHERE user_id = $1`, [id]),
      401,
      'session-ended',
    ],
    [
      'a session that has reached its end',
      ({ id }) => `/storage/user/${id}/a`,
      ({ id }) =>
        service.database.dataSource.query(`UPDATE sessions SET ends_at = created_at WHERE user_id = $1`, [id]),
      401,
      'session-ended',
    ],
    [
      'an account that is disabled',
      ({ id }) => `/storage/user/${id}/a`,
      (ada) => update('disabled_at = now()', ada),
      401,
      'session-ended',
    ],
    ['a role that was taken away', () => '/storage/news/front', (ada) => update(`roles = '{}'`, ada), 403, 'forbidden'],
    [
      'another address',
      () => '/storage/mail/a',
      (ada) => update(`email_canonical = id || '@elsewhere.example', email = id || '@elsewhere.example'`, ada),
      403,
      'forbidden',
    ],
  ])('%s', async (_what, pathFor, change, status, code) => {
    const email = `${Math.random().toString(36).slice(2)}@corp.example`;
    const ada = await aMember(service, { email });
    await update(`roles = '{editor}'`, ada);
    const path = pathFor(ada);
    const finish = await slowUpload(path, ada.headers);
    await change(ada);
    expect(await finish()).toEqual([status, code]);
    expect((await service.get(path)).statusCode).toBe(404);
    await eventually(() => {
      expect(blobsOf(service)).toEqual([]);
    });
  });

  it('it may outlive its access token', async () => {
    const ada = await aMember(service);
    const finish = await slowUpload(`/storage/user/${ada.id}/late`, ada.headers);
    service.clock.advanceSeconds(20 * 60);
    expect((await service.get('/user/me', ada.headers)).statusCode).toBe(401);
    expect(await finish()).toEqual([200, undefined]);
    expect((await service.remove(`/storage/user/${ada.id}/late`, (await aMember(service)).headers)).statusCode).toBe(
      403,
    );
  });
});

it('an upload that takes longer than an hour is refused, whoever sends it', async () => {
  const before = blobsOf(service);
  const finish = await slowUpload('/storage/open/slow');
  // its lease is renewed as long as bytes come: here it is what counts for nothing
  await service.database.dataSource.query(`UPDATE stored_blobs SET lease_until = 'infinity' WHERE state = 'coming'`);
  service.clock.advanceSeconds(60 * 60);
  expect(await finish()).toEqual([400, 'malformed-body']);
  expect((await service.get('/storage/open/slow')).statusCode).toBe(404);
  await eventually(() => {
    expect(blobsOf(service)).toEqual(before);
  });
});

describe('of a body that does not end', () => {
  let socket: Socket | undefined;
  beforeEach(() => {
    // only what ends it is faked: what asks whether a second has passed, in node and below, has its own
    fakeOnly('timeout');
  });
  afterEach(() => {
    jest.useRealTimers();
    socket?.destroy();
  });

  it.each([
    ['JSON', 'application/json', '/storage/open/a'],
    ['a form', 'application/x-www-form-urlencoded', '/storage/open/a'],
    ['JSON, where no rule is', 'application/json', '/storage/nowhere/at/all'],
  ])('%s is refused after a minute, where a file is taken', async (_what, type, path) => {
    const connected = once(service.app.getHttpServer(), 'connection') as Promise<[Socket]>;
    socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const answer = text(socket);
    const [served] = await connected;
    const asked = once(service.app.getHttpServer(), 'request');
    socket.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: 60000\r\n\r\n{`);
    await asked;
    jest.advanceTimersByTime(60_000);
    expect(await answer).toMatch(/^HTTP\/1\.1 400 [^]*"malformed-body"/);
    // who does not hang up is hung up on
    expect(served.destroyed).toBe(false);
    jest.advanceTimersByTime(5_000);
    expect(served.destroyed).toBe(true);
  });

  it('a file is not', async () => {
    const finish = await slowUpload('/storage/open/slow-but-steady');
    jest.advanceTimersByTime(10 * 60_000);
    jest.useRealTimers();
    expect(await finish()).toEqual([200, undefined]);
  });
});

describe('uploads at once', () => {
  const beginMany = async (count: number, headers: Record<string, string>) => {
    const finishes: Awaited<ReturnType<typeof slowUpload>>[] = [];
    for (let index = 0; index < count; index += 1) finishes.push(await slowUpload(`/storage/open/${index}`, headers));
    return finishes;
  };

  it('of an account, or of strangers from one network, are eight; who comes ninth may come again, others come', async () => {
    const ada = await aMember(service);
    for (const [sender, another] of [
      [{}, ada.headers],
      [ada.headers, {}],
    ]) {
      const finishes = await beginMany(8, sender ?? {});
      const refused = await service.upload('/storage/open/ninth', { content: 'x' }, sender);
      expect(codeOf(refused)).toEqual([429, 'too-many-requests']);
      expect(refused.headers['retry-after']).toBe('1');
      expect((await service.upload('/storage/open/another', { content: 'x' }, another)).statusCode).toBe(200);
      for (const finish of finishes) expect(await finish()).toEqual([200, undefined]);
      expect((await service.upload('/storage/open/ninth', { content: 'x' }, sender)).statusCode).toBe(200);
    }
  });
  it('of somebody whose cookie is no good any more count as his network’s', async () => {
    const { id, headers } = await aMember(service);
    await update('disabled_at = now()', { id } as Member);
    const spent = { cookie: `sv_at=${headers.authorization.replace('Bearer ', '')}` };
    const finishes = await beginMany(8, {});
    expect(codeOf(await service.upload('/storage/open/ninth', { content: 'x' }, spent))).toEqual([
      429,
      'too-many-requests',
    ]);
    for (const finish of finishes) expect(await finish()).toEqual([200, undefined]);
    expect((await service.upload('/storage/open/ninth', { content: 'x' }, spent)).statusCode).toBe(200);
  });
});
