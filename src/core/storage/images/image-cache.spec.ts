import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestClock } from '../../../../test/support/test-clock';
import { parseSettings } from '../../../config/settings';
import { ImageCache } from './image-cache.service';

const ROOM = 1_048_576;
const DAY_SECONDS = 86_400;

let dataDir: string;
let clock: TestClock;
let cache: ImageCache;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'latchkey-cache-'));
  clock = new TestClock();
  cache = new ImageCache(parseSettings({ DATA_DIR: dataDir, IMAGE_CACHE_BYTES: String(ROOM) }), clock);
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

const keyOf = (name: string): string => name.repeat(32);

async function put(name: string, size: number): Promise<void> {
  const draft = await cache.draft();
  await writeFile(draft, Buffer.alloc(size, name));
  await cache.keep(draft, keyOf(name));
  await cache.sweep();
  clock.advanceSeconds(1);
}

async function has(name: string): Promise<boolean> {
  const file = await cache.open(keyOf(name));
  await file?.close();
  clock.advanceSeconds(1);
  return file !== null;
}

it('gives what was put in, whole', async () => {
  await put('aa', 1000);
  const file = await cache.open(keyOf('aa'));
  expect(await file?.readFile()).toEqual(Buffer.alloc(1000, 'aa'));
  await file?.close();
  expect(await cache.open(keyOf('bb'))).toBeNull();
});

it('makes room by what was not used for the longest time', async () => {
  for (const name of ['aa', 'bb', 'cc']) await put(name, ROOM / 4);
  expect(await has('aa')).toBe(true);
  await put('dd', ROOM / 3);
  expect([await has('aa'), await has('bb'), await has('cc'), await has('dd')]).toEqual([true, false, false, true]);
});

it('keeps the newest even if there is no room for it: somebody is about to open it', async () => {
  await put('aa', 100);
  await put('bb', 2 * ROOM);
  expect([await has('aa'), await has('bb')]).toEqual([false, true]);
});

it('forgets what nobody used for a week', async () => {
  await put('aa', 100);
  await put('bb', 100);
  clock.advanceSeconds(6 * DAY_SECONDS);
  expect(await has('aa')).toBe(true);
  clock.advanceSeconds(2 * DAY_SECONDS);
  await put('cc', 100);
  expect([await has('aa'), await has('bb')]).toEqual([true, false]);
});

it('who has a file open reads it to its end', async () => {
  await put('aa', 1000);
  const file = await cache.open(keyOf('aa'));
  clock.advanceSeconds(8 * DAY_SECONDS);
  await put('bb', 10);
  expect(await has('aa')).toBe(false);
  expect(await file?.readFile()).toHaveLength(1000);
  await file?.close();
});

it('removes drafts that nobody is at work on, and no others', async () => {
  const old = await cache.draft();
  const fresh = await cache.draft();
  await writeFile(old, 'x');
  await writeFile(fresh, 'x');
  const { utimes, access } = await import('node:fs/promises');
  const long = new Date(clock.now().getTime() - 2 * 3600_000);
  await utimes(old, long, long);
  await cache.sweep();
  await expect(access(old)).rejects.toThrow('ENOENT');
  await access(fresh);
});
