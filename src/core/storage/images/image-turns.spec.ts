import childProcess from 'node:child_process';
import { tmpdir } from 'node:os';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import sharp from 'sharp';
import { TestClock } from '../../../../test/support/test-clock';
import { parseSettings } from '../../../config/settings';
import { AppError } from '../../../kernel/errors/app-error';
import { OpenObject } from '../objects/open-object.flow';
import type { StoredObject } from '../objects/stored-object';
import { ImageCache } from './image-cache.service';
import { ImagePool } from './image-pool.service';
import { RenderImage } from './render-image.flow';
import type { ImageWish } from './rendering';

let dataDir: string;
let clock: TestClock;
let pool: ImagePool;
let images: RenderImage;
let sources: Map<string, Buffer>;
/** Keys of the blobs that were asked for, in their order. */
let fetched: string[];
/** While there is one, sources are not given out. */
let open: (() => void) | undefined;
let gate: Promise<void>;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'latchkey-turns-'));
  // of so many services each has one process for images
  const settings = parseSettings({ NODE_ENV: 'test', DATA_DIR: dataDir, WORKERS: '64' });
  clock = new TestClock();
  pool = new ImagePool(settings);
  [sources, fetched] = [new Map(), []];
  gate = new Promise((resolve) => {
    open = resolve;
  });
  const blobs = {
    read: async (key: string) => {
      fetched.push(key);
      await gate;
      return Readable.from([sources.get(key)]);
    },
  };
  images = new RenderImage(new ImageCache(settings, clock), pool, new OpenObject(blobs as never), clock);
});
afterEach(() => {
  open?.();
  pool.onApplicationShutdown();
  rmSync(dataDir, { recursive: true, force: true });
});

let picture: Buffer;
beforeAll(async () => {
  picture = await sharp({ create: { width: 20, height: 10, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
});

function aFile(name: string, bytes = picture, sha256: string = randomUUID()): StoredObject {
  sources.set(name, bytes);
  const now = clock.now();
  const path = { path: name, folder: '', filename: name, owner: null, metadata: { token: 't' } };
  const type = 'image/png';
  return {
    ...path,
    contentType: type,
    borneOutType: type,
    size: 9,
    sha256,
    createdAt: now,
    updatedAt: now,
    blobKey: name,
  };
}

const outcomeOf = (file: StoredObject, caller: string, signal?: AbortSignal) =>
  outcomeOfWish(file, { width: 16 }, caller, signal);

async function outcomeOfWish(
  file: StoredObject,
  wish: ImageWish,
  caller: string,
  signal = new AbortController().signal,
): Promise<string> {
  try {
    await (await images.execute(file, wish, { caller, signal })).close();
    return 'made';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

/** The process at work for one, and so many more of his waiting. */
async function flood(waiting: number, signal?: AbortSignal): Promise<Promise<string>[]> {
  const names = Array.from({ length: 1 + waiting }, (_, number) => `flood-${number}`);
  const outcomes = names.map((name) => outcomeOf(aFile(name), 'flooder', signal));
  while (fetched.length < 1) await new Promise(setImmediate);
  return outcomes;
}

/** They are looked up in the cache first. */
async function untilWaiting(count: number): Promise<void> {
  while ((pool as unknown as { queue: { size: number } }).queue.size < count) await new Promise(setImmediate);
}

it('who asks for one is next, whatever somebody else has waiting', async () => {
  const theirs = await flood(6);
  const own = outcomeOf(aFile('own'), 'somebody');
  await untilWaiting(7);
  open?.();
  expect(await own).toBe('made');
  expect(fetched.indexOf('own')).toBe(1);
  expect(new Set(await Promise.all(theirs))).toEqual(new Set(['made']));
});

it('one caller waits for a few and is told that the rest is too much; others are not', async () => {
  const theirs = await flood(8 + 5);
  const own = outcomeOf(aFile('own'), 'somebody');
  open?.();
  expect(await own).toBe('made');
  const outcomes = await Promise.all(theirs);
  expect(outcomes.filter((outcome) => outcome === 'busy')).toHaveLength(5);
});

it('where all room is taken, who has none waiting gets in', async () => {
  const theirs = await flood(8);
  for (const caller of ['second', 'third', 'fourth']) {
    theirs.push(...Array.from({ length: 8 }, (_, number) => outcomeOf(aFile(`${caller}-${number}`), caller)));
  }
  await untilWaiting(32);
  const own = outcomeOf(aFile('own'), 'somebody');
  expect(await Promise.race(theirs)).toBe('busy');
  open?.();
  expect(await own).toBe('made');
  expect((await Promise.all(theirs)).filter((outcome) => outcome === 'busy')).toHaveLength(1);
});

it('a process that cannot be started costs one turn, and is no fault of the picture', async () => {
  jest.spyOn(childProcess, 'fork').mockImplementationOnce(() => {
    throw Object.assign(new Error('spawn ENOMEM'), { code: 'ENOMEM' });
  });
  open?.();
  const [first, second] = [aFile('first'), aFile('second')];
  const outcomes = await Promise.all([outcomeOf(first, 'one'), outcomeOf(second, 'one')]);
  expect(outcomes.toSorted()).toEqual(['made', 'unavailable']);
  expect([await outcomeOf(first, 'one'), await outcomeOf(second, 'one')]).toEqual(['made', 'made']);
});

it('a process that ends before it has the picture is no fault of the picture', async () => {
  const file = aFile('first');
  const first = outcomeOf(file, 'one');
  while (fetched.length < 1) await new Promise(setImmediate);
  for (const process of (pool as unknown as { processes: { kill(): void }[] }).processes) process.kill();
  open?.();
  expect([await first, await outcomeOf(file, 'one')]).toEqual(['unavailable', 'made']);
});

it('what nobody waits for any more is not made', async () => {
  const gone = new AbortController();
  const theirs = await flood(6, gone.signal);
  gone.abort(new AppError('malformed-body'));
  expect(new Set(await Promise.all(theirs))).toEqual(new Set(['malformed-body']));
  open?.();
  expect(await outcomeOf(aFile('own'), 'somebody')).toBe('made');
  expect(fetched).toHaveLength(2);
});

it('what one has left is made for the other who waits', async () => {
  const theirs = await flood(0);
  const gone = new AbortController();
  const file = aFile('wanted by two');
  const first = outcomeOf(file, 'one', gone.signal);
  const second = outcomeOf(file, 'another');
  await untilWaiting(1);
  gone.abort(new AppError('malformed-body'));
  open?.();
  expect([await first, await second]).toEqual(['malformed-body', 'made']);
  await Promise.all(theirs);
});

it('what could not be made is not tried again for five minutes', async () => {
  open?.();
  const file = aFile('broken', Buffer.from('no picture'));
  expect([await outcomeOf(file, 'one'), await outcomeOf(file, 'another')]).toEqual([
    'unprocessable-image',
    'unprocessable-image',
  ]);
  expect(fetched).toHaveLength(1);
  clock.advanceSeconds(301);
  expect(await outcomeOf(file, 'one')).toBe('unprocessable-image');
  expect(fetched).toHaveLength(2);
});

it('what could not be made is not tried in another quality, nor larger; what is smaller is', async () => {
  const file = aFile('broken', Buffer.from('no picture'));
  const wished = (wish: ImageWish) => outcomeOfWish(file, { format: 'avif', ...wish }, 'one');
  const first = [
    wished({ width: 100 }),
    wished({ width: 100, quality: 5 }),
    wished({ height: 100, width: 8192, quality: 10 }),
  ];
  await untilWaiting(2);
  open?.();
  expect(new Set(await Promise.all(first))).toEqual(new Set(['unprocessable-image']));
  expect(await wished({ width: 8192, quality: 100 })).toBe('unprocessable-image');
  expect(fetched).toHaveLength(1);
  await wished({ width: 90 });
  await wished({ width: 100, format: 'webp' });
  expect(fetched).toHaveLength(3);
});

it('who stores the same picture as another has it made for himself', async () => {
  open?.();
  const [one, other] = [aFile('of one', picture, 'same'), aFile('of another', picture, 'same')];
  expect([await outcomeOf(one, 'one'), await outcomeOf(other, 'another')]).toEqual(['made', 'made']);
  expect(await outcomeOf(one, 'one')).toBe('made');
  expect(fetched).toEqual(['of one', 'of another']);
  const broken = Buffer.from('no picture');
  await outcomeOf(aFile('broken', broken, 'same too'), 'one');
  await outcomeOf(aFile('also broken', broken, 'same too'), 'another');
  expect(fetched.slice(2)).toEqual(['broken', 'also broken']);
});

it('nobody else on the machine reads what was made', async () => {
  open?.();
  expect(await outcomeOf(aFile('private'), 'one')).toBe('made');
  const folder = join(dataDir, 'image-cache');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.map((file) => (statSync(join(file.parentPath, file.name)).mode & 0o777).toString(8))).toEqual(['600']);
});
