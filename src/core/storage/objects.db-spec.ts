import { sha256 } from '../../../test/support/blobs-suite';
import { StorageRoom } from '../../../test/support/storage-room';
import { AppError } from '../../kernel/errors/app-error';
import { Jobs } from '../../platform/jobs/jobs.service';
import { ChangeMetadata } from './objects/change-metadata.flow';
import { FindObject } from './objects/find-object.flow';
import { ListFolder } from './objects/list-folder.flow';
import { OpenObject } from './objects/open-object.flow';
import { RemoveObject } from './objects/remove-object.flow';

let room: StorageRoom;

beforeEach(async () => {
  room = await StorageRoom.open();
});
afterEach(() => room.close());

const find = (path: string) => room.get(FindObject).execute(path);

describe('a file', () => {
  it('is described as it was stored', async () => {
    const owner = await room.anAccount();
    const { object, isNew } = await room.store('user/1/notes.txt', 'hello', {
      creator: owner,
      contentType: 'text/plain',
      borneOutType: 'text/plain',
      metadata: { description: 'notes', size: 'a word' },
    });
    expect(isNew).toBe(true);
    expect(object).toMatchObject({
      path: 'user/1/notes.txt',
      folder: 'user/1',
      filename: 'notes.txt',
      owner,
      contentType: 'text/plain',
      borneOutType: 'text/plain',
      size: 5,
      sha256: sha256(Buffer.from('hello')),
      metadata: { description: 'notes', size: 'a word', token: expect.stringMatching(/^[\w-]{43}$/) as string },
      createdAt: room.clock.now(),
      updatedAt: room.clock.now(),
    });
    expect(await find('user/1/notes.txt')).toEqual(object);
    expect((await room.read('user/1/notes.txt'))?.toString()).toBe('hello');
    expect(object.blobKey).not.toContain('notes');
  });

  it('keeps its owner, its token and its age when somebody else overwrites it; its former bytes go', async () => {
    const owner = await room.anAccount();
    const first = (await room.store('a', 'first', { creator: owner })).object;
    room.clock.advanceSeconds(60);
    const { object, isNew } = await room.store('a', 'second', { creator: null, metadata: { description: 'new' } });
    expect(isNew).toBe(false);
    expect(object).toMatchObject({
      owner,
      createdAt: first.createdAt,
      updatedAt: room.clock.now(),
      size: 6,
      metadata: { description: 'new', token: first.metadata.token },
    });
    expect(await room.sweepAll()).toBe(1);
    expect(room.filesOnDisk()).toEqual([object.blobKey]);
    expect((await room.read('a'))?.toString()).toBe('second');
  });

  it('without a single byte is one, too', async () => {
    const { object } = await room.store('empty', '');
    expect(object.size).toBe(0);
    expect(await room.read('empty')).toEqual(Buffer.alloc(0));
  });

  it('is not another one of nearly the same name', async () => {
    const names = ['a', 'A', 'a ', 'á', 'a%', 'a_', 'x/a', 'x/a/b', 'a\\b'];
    for (const name of names) await room.store(name, name);
    for (const name of names) expect((await room.read(name))?.toString()).toBe(name);
    expect(await find('b')).toBeNull();
  });

  it('removed is gone at once, and its bytes with the next sweep after its readers', async () => {
    const { object } = await room.store('a', 'bytes');
    const reading = await room.get(OpenObject).execute(object);
    await room.remove('a');
    expect(await find('a')).toBeNull();
    expect(await room.sweep()).toBe(0);
    expect(room.filesOnDisk()).toEqual([object.blobKey]);
    room.clock.advanceSeconds(5 * 60);
    expect(await room.sweep()).toBe(1);
    expect(room.filesOnDisk()).toEqual([]);
    expect(await room.blobStates()).toEqual([]);
    expect((await reading.toArray()).join('')).toBe('bytes');
    await expect(room.remove('a')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('that is replaced or removed is seen to by a job of one process at a time', async () => {
    await room.store('a', 'bytes');
    await room.remove('a');
    await room.get(Jobs).runNow('sweep-storage');
    room.clock.advanceSeconds(3600);
    await room.get(Jobs).runNow('sweep-storage');
    expect(room.filesOnDisk()).toEqual([]);
  });

  it('is read in ranges', async () => {
    const { object } = await room.store('a', '0123456789');
    const part = await room.get(OpenObject).execute(object, { start: 3, end: 5 });
    expect((await part.toArray()).join('')).toBe('345');
  });

  it('of an account that is deleted goes with it, bytes and count too; others stay', async () => {
    const [owner, other] = [await room.anAccount(), await room.anAccount()];
    await room.store('mine/1', 'one', { creator: owner });
    await room.store('mine/2', 'two', { creator: owner });
    const { object } = await room.store('theirs', 'three', { creator: other });
    await room.deleteAccount(owner);
    expect(await find('mine/1')).toBeNull();
    expect(await room.usage(owner)).toBe(0);
    expect(await room.usage(other)).toBe(4096 + '{"token": ""}'.length + 43);
    expect(await room.sweepAll()).toBe(2);
    expect(room.filesOnDisk()).toEqual([object.blobKey]);
  });
});

describe('the last word', () => {
  it('on a store sees what is there and all of what comes, and refuses without a trace', async () => {
    const { object } = await room.store('a', 'old');
    const seen: unknown[] = [];
    const judge = (stored: unknown, coming: unknown): void => {
      seen.push(stored, coming);
      throw new AppError('precondition-failed');
    };
    await expect(
      room.store('a', 'newer', { judge, contentType: 'text/x', borneOutType: 'text/y' }),
    ).rejects.toMatchObject({
      code: 'precondition-failed',
    });
    expect(seen).toEqual([
      object,
      {
        owner: null,
        contentType: 'text/x',
        borneOutType: 'text/y',
        size: 5,
        sha256: sha256(Buffer.from('newer')),
        metadata: object.metadata,
      },
    ]);
    expect(await find('a')).toEqual(object);
    expect(room.filesOnDisk()).toEqual([object.blobKey]);
    expect(await room.blobStates()).toEqual(['kept']);
  });

  it.each([
    ['a removal', (judge: () => void) => room.get(RemoveObject).execute({ path: 'a', judge })],
    ['a change', (judge: () => void) => room.get(ChangeMetadata).execute({ path: 'a', metadata: {}, judge })],
  ])('on %s is asked whether or not there is a file, before it is told that there is none', async (_what, act) => {
    const refuse = (): never => {
      throw new AppError('forbidden');
    };
    await expect(act(refuse)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(act(() => undefined)).rejects.toMatchObject({ code: 'not-found' });
    const { object } = await room.store('a', 'bytes');
    await expect(act(refuse)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await find('a')).toEqual(object);
  });
});

describe('what is said about a file', () => {
  it('is merged key by key under the same token', async () => {
    const { object } = await room.store('a', 'bytes', { metadata: { one: 1, two: 2 } });
    room.clock.advanceSeconds(5);
    const changed = await room
      .get(ChangeMetadata)
      .execute({ path: 'a', metadata: { two: 'II', three: [3], token: 'mine' }, judge: () => undefined });
    expect(changed).toEqual({
      ...object,
      metadata: { one: 1, two: 'II', three: [3], token: object.metadata.token },
      updatedAt: room.clock.now(),
    });
    expect(await find('a')).toEqual(changed);
    expect(await room.sweepAll()).toBe(0);
  });

  it('goes with the token that was shared when it is taken back', async () => {
    const { object } = await room.store('a', 'bytes', { metadata: { one: 1 } });
    const reset = await room.get(ChangeMetadata).execute({ path: 'a', metadata: null, judge: () => undefined });
    expect(Object.keys(reset.metadata)).toEqual(['token']);
    expect(reset.metadata.token).not.toBe(object.metadata.token);
    expect(reset.metadata.token).toMatch(/^[\w-]{43}$/);
  });
});

describe('a folder', () => {
  const names = (objects: readonly { path: string }[]) => objects.map(({ path }) => path);
  const list = (folder: string, more: { after?: string; limit?: number } = {}) =>
    room.get(ListFolder).execute({ folder, limit: 100, ...more });

  it('lists the files directly in it, in the byte order of their names', async () => {
    for (const path of ['f/b', 'f/B', 'f/a/deep', 'f/é', 'f/a', 'g/x', 'f', 'f/a b']) await room.store(path, '');
    expect(names(await list('f'))).toEqual(['f/B', 'f/a', 'f/a b', 'f/b', 'f/é']);
    expect(names(await list('f/a'))).toEqual(['f/a/deep']);
    expect(names(await list(''))).toEqual(['f']);
    expect(await list('nothing')).toEqual([]);
  });

  it('is listed a page at a time without gap or overlap', async () => {
    const all = Array.from({ length: 7 }, (_, index) => `f/${index}`);
    for (const path of all) await room.store(path, '');
    const first = await list('f', { limit: 3 });
    const second = await list('f', { limit: 3, after: first.at(-1)?.filename ?? '' });
    const third = await list('f', { limit: 3, after: second.at(-1)?.filename ?? '' });
    expect([first, second, third].map((page) => page.length)).toEqual([3, 3, 1]);
    expect(names([...first, ...second, ...third])).toEqual(all);
  });
});
