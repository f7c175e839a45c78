import { PassThrough, Readable } from 'node:stream';
import { eventually } from '../../../test/support/eventually';
import { StorageRoom } from '../../../test/support/storage-room';
import type { AppError } from '../../kernel/errors/app-error';
import { NOBODY } from '../../kernel/ids';
import { ChangeMetadata } from './objects/change-metadata.flow';
import { FindObject } from './objects/find-object.flow';
import { ObjectCommit } from './objects/object-commit.service';

/** What a file's metadata is charged when nothing but its token is in it: `{"token": "…"}`. */
const SAID = 56;

let room: StorageRoom;

beforeEach(async () => {
  room = await StorageRoom.open({
    environment: { MAX_UPLOAD_BYTES: '10000', STORAGE_QUOTA_BYTES: String(25_000 + 3 * SAID) },
  });
});
afterEach(() => room.close());

const find = (path: string) => room.get(FindObject).execute(path);

describe('an upload', () => {
  it.each([
    ['that is too large', () => Readable.from([Buffer.alloc(10_001)]), 'too-large'],
    ['past the quota', () => Readable.from([Buffer.alloc(5001)]), 'quota-exceeded'],
  ])('%s leaves the former file and no debris', async (_what, source, code) => {
    const former = [await room.store('a', Buffer.alloc(10_000)), await room.store('b', Buffer.alloc(10_000))];
    await expect(room.store('c', source())).rejects.toMatchObject({ code });
    expect(room.filesOnDisk()).toEqual(former.map(({ object }) => object.blobKey).sort());
    expect(await room.blobStates()).toEqual(['kept', 'kept']);
  });

  it('of exactly the limit, and up to exactly the quota, is taken', async () => {
    await room.store('a', Buffer.alloc(10_000));
    await room.store('b', Buffer.alloc(10_000));
    await room.store('c', Buffer.alloc(5000));
    expect(await room.usage(NOBODY)).toBe(25_000 + 3 * SAID);
  });

  it('is stopped at the limit, not read to its end', async () => {
    let read = 0;
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc((read += 100) && 100);
      })(),
    );
    await expect(room.store('a', endless)).rejects.toMatchObject({ code: 'too-large' });
    expect(read).toBeLessThan(40_000);
    expect(endless.destroyed).toBe(true);
  });

  it('whose caller goes away leaves the former file and no debris', async () => {
    const { object } = await room.store('a', 'former');
    const source = new PassThrough();
    const gone = new AbortController();
    const storing = room.store('a', source, { signal: gone.signal });
    source.write('half of it');
    await eventually(() => {
      expect(room.filesOnDisk()).toContainEqual(expect.stringMatching(/part$/));
    });
    gone.abort(new Error('the caller has gone'));
    await expect(storing).rejects.toThrow('the caller has gone');
    expect(await find('a')).toEqual(object);
    expect(room.filesOnDisk()).toEqual([object.blobKey]);
    expect(await room.blobStates()).toEqual(['kept']);
  });

  it('that was committed while the answer of the database was lost keeps its bytes', async () => {
    const commit = room.get(ObjectCommit);
    const execute = commit.execute.bind(commit);
    jest.spyOn(commit, 'execute').mockImplementation(async (...args) => {
      await execute(...args);
      throw new Error('Connection terminated');
    });
    await expect(room.store('a', 'bytes')).rejects.toThrow('Connection terminated');
    expect((await room.read('a'))?.toString()).toBe('bytes');
  });

  it.each([
    ['a NUL character', 'a\0b'],
    ['half a surrogate pair', '\ud800'],
    ['too much', 'x'.repeat(17_000)],
  ])('with %s in its metadata is refused, naming the field', async (_what, description) => {
    await expect(room.store('a', 'bytes', { metadata: { description } })).rejects.toMatchObject({
      code: 'validation',
      fields: [{ field: expect.stringMatching(/^(description|metadata)$/) as string }],
    });
    expect(room.filesOnDisk()).toEqual([]);
  });

  it('gives no file a token by its metadata', async () => {
    const { object } = await room.store('a', 'bytes', { metadata: { token: 'guessable' } });
    expect(object.metadata.token).toMatch(/^[\w-]{43}$/);
  });
});

describe('the quota', () => {
  it('is each owner’s own, and follows what is replaced and removed', async () => {
    const owner = await room.anAccount();
    await room.store('mine', Buffer.alloc(9000), { creator: owner });
    await room.store('theirs', Buffer.alloc(7000));
    expect([await room.usage(owner), await room.usage(NOBODY)]).toEqual([9000 + SAID, 7000 + SAID]);
    await room.store('mine', Buffer.alloc(5000));
    expect([await room.usage(owner), await room.usage(NOBODY)]).toEqual([5000 + SAID, 7000 + SAID]);
    await room.remove('mine');
    expect(await room.usage(owner)).toBe(0);
  });

  it('counts a file that is replaced as making room', async () => {
    await room.store('a', Buffer.alloc(10_000));
    await room.store('b', Buffer.alloc(10_000));
    await room.store('c', Buffer.alloc(4500));
    await expect(room.store('c', Buffer.alloc(5001))).rejects.toMatchObject({ code: 'quota-exceeded' });
    await room.store('c', Buffer.alloc(5000));
  });

  it('that was lowered stops what grows, not what shrinks', async () => {
    await room.store('a', Buffer.alloc(10_000));
    const stricter = await StorageRoom.open({ beside: room, environment: { STORAGE_QUOTA_BYTES: '5000' } });
    await expect(stricter.store('b', 'x')).rejects.toMatchObject({ code: 'quota-exceeded' });
    await expect(stricter.store('a', Buffer.alloc(10_001))).rejects.toMatchObject({ code: 'quota-exceeded' });
    await stricter.store('a', Buffer.alloc(9000));
    await stricter.close();
  });

  it('charges 4 KiB for a file that is smaller, so that it bounds rows, too', async () => {
    const owner = await room.anAccount();
    const codes: string[] = [];
    for (let index = 0; index < 8; index += 1) {
      const outcome = await room
        .store(`f/${index}`, '', { creator: owner })
        .catch((error: unknown) => (error as AppError).code);
      codes.push(typeof outcome === 'string' ? outcome : 'done');
    }
    expect(codes).toEqual([...Array<string>(6).fill('done'), 'quota-exceeded', 'quota-exceeded']);
    expect(await room.usage(owner)).toBe(6 * (4096 + SAID));
  });

  it('charges what is said about a file, when it is stored and when it changes', async () => {
    const owner = await room.anAccount();
    const description = 'd'.repeat(10_000);
    const change = (metadata: Record<string, unknown> | null) =>
      room.get(ChangeMetadata).execute({ path: 'a', metadata, judge: () => undefined });
    await room.store('a', '', { creator: owner, metadata: { description } });
    const said = SAID + description.length + ', "description": ""'.length;
    expect(await room.usage(owner)).toBe(4096 + said);
    await expect(
      room.store('b', Buffer.alloc(10_000), { creator: owner, metadata: { description } }),
    ).rejects.toMatchObject({ code: 'quota-exceeded' });
    await room.store('c', Buffer.alloc(10_000), { creator: owner });
    const before = await find('a');
    await expect(change({ more: 'm'.repeat(5000) })).rejects.toMatchObject({ code: 'quota-exceeded' });
    expect(await find('a')).toEqual(before);
    await change(null);
    expect(await room.usage(owner)).toBe(4096 + SAID + 10_000 + SAID);
    await change({ more: 'm'.repeat(5000) });
    await room.deleteAccount(owner);
    expect(await room.usage(owner)).toBe(0);
  });

  it('counts what is on its way in this process, before it is stored', async () => {
    await room.store('a', Buffer.alloc(10_000));
    const slow = new PassThrough();
    const storing = room.store('b', slow);
    slow.write(Buffer.alloc(9000));
    await eventually(() => {
      expect(room.sizesOnDisk()).toContain(9000);
    });
    await expect(room.store('c', Buffer.alloc(8000))).rejects.toMatchObject({ code: 'quota-exceeded' });
    slow.end();
    await storing;
    await room.store('d', Buffer.alloc(5000));
  });
});
