import { randomBytes } from 'node:crypto';
import { sha256 } from '../support/blobs-suite';
import { full } from '../support/full';
import { StorageRoom } from '../support/storage-room';
import { FindObject } from '../../src/core/storage/objects/find-object.flow';
import { OpenObject } from '../../src/core/storage/objects/open-object.flow';
import { RemoveObject } from '../../src/core/storage/objects/remove-object.flow';
import type { StoredObject } from '../../src/core/storage/objects/stored-object';
import { AppError } from '../../src/kernel/errors/app-error';
import { NOBODY } from '../../src/kernel/ids';

let room: StorageRoom;
let other: StorageRoom;

const open = async (environment = {}): Promise<void> => {
  room = await StorageRoom.open({ environment });
  other = await StorageRoom.open({ beside: room, environment });
};

afterEach(async () => {
  await other.close();
  await room.close();
});

/** What `If-Match` asks for. */
const expecting = (sha: string | null) => (stored: StoredObject | null) => {
  if ((stored?.sha256 ?? null) !== sha) throw new AppError('precondition-failed');
};

const settledCodes = (results: readonly PromiseSettledResult<unknown>[]) =>
  results.map((result) => (result.status === 'fulfilled' ? 'done' : (result.reason as AppError).code)).sort();

it('fifty writers on one path: whoever reads meanwhile reads one whole version', async () => {
  await open();
  const versions = Array.from({ length: 50 }, () => randomBytes(100_000 + Math.floor(Math.random() * 200_000)));
  const known = new Set(versions.map(sha256));
  await room.store('one/path', versions[0] ?? '');
  let isDone = false;
  let reads = 0;
  const reader = async (one: StorageRoom): Promise<void> => {
    while (!isDone || reads < full(40, 400)) {
      const object = await one.get(FindObject).execute('one/path');
      if (!object) throw new Error('between two versions there was none');
      const stream = await one.get(OpenObject).execute(object);
      const digest = sha256(Buffer.concat((await stream.toArray()) as Buffer[]));
      expect(digest).toBe(object.sha256);
      expect(known.has(digest)).toBe(true);
      reads += 1;
    }
  };
  const readers = [room, other, room, other].map(reader);
  const writers = versions.map((bytes, index) => (index % 2 ? room : other).store('one/path', bytes));
  await Promise.all(writers);
  isDone = true;
  await Promise.all(readers);
  await room.sweepAll();
  expect(room.filesOnDisk()).toHaveLength(1);
  expect(room.filesOnDisk()).toEqual(await room.keysInUse());
}, 120_000);

it('of two writes that expect the same version one wins, and the other is told', async () => {
  await open();
  for (let round = 0; round < full(10, 50); round += 1) {
    const { object } = await room.store('a', randomBytes(100));
    const judge = expecting(object.sha256);
    const results = await Promise.allSettled([
      room.store('a', randomBytes(100), { judge }),
      other.store('a', randomBytes(100), { judge }),
    ]);
    expect(settledCodes(results)).toEqual(['done', 'precondition-failed']);
  }
});

it('of many that expect no file one creates it', async () => {
  await open();
  const judge = expecting(null);
  const results = await Promise.allSettled(
    Array.from({ length: 12 }, (_, index) => (index % 2 ? room : other).store('new', randomBytes(100), { judge })),
  );
  expect(settledCodes(results)).toEqual(['done', ...Array.from({ length: 11 }, () => 'precondition-failed')]);
});

it('of a write and a removal that expect the same version one wins', async () => {
  await open();
  for (let round = 0; round < full(10, 50); round += 1) {
    const { object } = await room.store('a', randomBytes(100));
    const judge = expecting(object.sha256);
    const results = await Promise.allSettled([
      room.store('a', randomBytes(100), { judge }),
      other.get(RemoveObject).execute({ path: 'a', judge }),
    ]);
    expect(settledCodes(results)).toEqual(['done', 'precondition-failed']);
  }
});

it.each([
  ['an owner', () => room.anAccount()],
  ['nobody', () => Promise.resolve(null)],
])('uploads at once never bring %s past the quota', async (_who, makeOwner) => {
  await open({ STORAGE_QUOTA_BYTES: String(10 * 5056 + 500) });
  const creator = await makeOwner();
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) =>
      (index % 2 ? room : other).store(`f/${index}`, Buffer.alloc(5000), { creator }),
    ),
  );
  const codes = settledCodes(results);
  expect(codes.filter((code) => code === 'done')).toHaveLength(10);
  expect(codes.filter((code) => code === 'quota-exceeded')).toHaveLength(10);
  expect(await room.usage(creator ?? NOBODY)).toBe(10 * 5056);
});

it('replacements at once never bring an owner past his quota, nor what waits for the sweeper with it past twice that', async () => {
  const quota = 10 * 5056;
  await open({ STORAGE_QUOTA_BYTES: String(quota) });
  for (let round = 0; round < full(3, 20); round += 1) {
    const creator = await room.anAccount();
    const replace = async (count: number) =>
      settledCodes(
        await Promise.allSettled(
          Array.from({ length: count }, (_, index) =>
            (index % 2 ? room : other).store(`${creator}/${index % 4}`, Buffer.alloc(5000), { creator }),
          ),
        ),
      );
    // 4 files and 15 former versions of them; then there is room for one more
    expect(await replace(4)).toEqual(Array(4).fill('done'));
    for (let times = 0; times < 15; times += 1) await room.store(`${creator}/0`, Buffer.alloc(5000), { creator });
    expect(await replace(16)).toEqual(['done', ...Array<string>(15).fill('too-many-requests')]);
    expect(await room.countsOf(creator)).toEqual({ bytes: 4 * 5056, released: 16 * 5000 });
    expect(await replace(8)).toEqual(Array(8).fill('too-many-requests'));
    await room.sweepAll();
    expect(await room.released(creator)).toBe(0);
    expect(await replace(4)).toEqual(Array(4).fill('done'));
  }
});

it('an account that is deleted while its files come keeps none of them', async () => {
  await open();
  for (let round = 0; round < full(5, 30); round += 1) {
    const creator = await room.anAccount();
    await room.store(`${creator}/old`, 'old', { creator });
    const results = await Promise.allSettled([
      ...Array.from({ length: 8 }, (_, index) => other.store(`${creator}/${index}`, randomBytes(5000), { creator })),
      // one that overwrites: its row is locked while the account goes
      other.store(`${creator}/old`, randomBytes(5000), { creator }),
      room.deleteAccount(creator),
    ]);
    expect(results.at(-1)?.status).toBe('fulfilled');
    for (const code of settledCodes(results)) expect(['done', 'session-ended']).toContain(code);
    expect(await room.usage(creator)).toBe(0);
  }
  expect(await room.keysInUse()).toEqual([]);
  await room.sweepAll();
  expect(room.filesOnDisk()).toEqual([]);
});
