import { availableParallelism, tmpdir } from 'node:os';
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

const PROCESSES = Math.max(1, Math.floor(availableParallelism() / 2));

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
  const settings = parseSettings({ NODE_ENV: 'test', DATA_DIR: dataDir });
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

function aFile(name: string, bytes = picture): StoredObject {
  sources.set(name, bytes);
  const now = clock.now();
  const path = { path: name, folder: '', filename: name, owner: null, metadata: { token: 't' } };
  const sha256 = randomUUID();
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

async function outcomeOf(file: StoredObject, caller: string, signal = new AbortController().signal): Promise<string> {
  try {
    await (await images.execute(file, { width: 16 }, { caller, signal })).close();
    return 'made';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

/** All processes at work for one, and so many more of his waiting. */
async function flood(waiting: number, signal?: AbortSignal): Promise<Promise<string>[]> {
  const names = Array.from({ length: PROCESSES + waiting }, (_, number) => `flood-${number}`);
  const outcomes = names.map((name) => outcomeOf(aFile(name), 'flooder', signal));
  while (fetched.length < PROCESSES) await new Promise(setImmediate);
  return outcomes;
}

it('who asks for one is next but one, whatever somebody else has waiting', async () => {
  const theirs = await flood(6);
  const own = outcomeOf(aFile('own'), 'somebody');
  // looked up in the cache first
  while ((pool as unknown as { queue: { size: number } }).queue.size < 7) await new Promise(setImmediate);
  open?.();
  expect(await own).toBe('made');
  expect(fetched.indexOf('own')).toBeLessThanOrEqual(PROCESSES + 1);
  expect(new Set(await Promise.all(theirs))).toEqual(new Set(['made']));
});

it('one caller waits for a few and is told that the rest is too much; others are not', async () => {
  const theirs = await flood(8 * PROCESSES + 5);
  const own = outcomeOf(aFile('own'), 'somebody');
  open?.();
  expect(await own).toBe('made');
  const outcomes = await Promise.all(theirs);
  expect(outcomes.filter((outcome) => outcome === 'busy')).toHaveLength(5);
});

it('what nobody waits for any more is not made', async () => {
  const gone = new AbortController();
  const theirs = await flood(6, gone.signal);
  gone.abort(new AppError('malformed-body'));
  expect(new Set(await Promise.all(theirs))).toEqual(new Set(['malformed-body']));
  open?.();
  expect(await outcomeOf(aFile('own'), 'somebody')).toBe('made');
  expect(fetched).toHaveLength(PROCESSES + 1);
});

it('what one has left is made for the other who waits', async () => {
  const theirs = await flood(0);
  const gone = new AbortController();
  const file = aFile('wanted by two');
  const first = outcomeOf(file, 'one', gone.signal);
  const second = outcomeOf(file, 'another');
  while ((pool as unknown as { queue: { size: number } }).queue.size < 1) await new Promise(setImmediate);
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

it('nobody else on the machine reads what was made', async () => {
  open?.();
  expect(await outcomeOf(aFile('private'), 'one')).toBe('made');
  const folder = join(dataDir, 'image-cache');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.map((file) => (statSync(join(file.parentPath, file.name)).mode & 0o777).toString(8))).toEqual(['600']);
});
