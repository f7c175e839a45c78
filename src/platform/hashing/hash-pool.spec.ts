import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Logger } from '@nestjs/common';
import { compareSync } from 'bcrypt';
import { bcryptSalt } from './bcrypt-salt';
import type { HashGrade } from './hash-grade';
import { HashPool } from './hash-pool.service';

const ordinary: HashGrade = { class: 'ordinary', network: '192.0.2.1' };
const vouched: HashGrade = { class: 'vouched', network: '192.0.2.2' };
const onLinux = process.platform === 'linux' ? it : it.skip;

/** More than threads and waiting room take together. */
const FULL = availableParallelism() * 101 + 1;

// failures are provoked here, and their log lines are not the subject
Logger.overrideLogger(false);

let pool: HashPool;

beforeEach(() => {
  pool = new HashPool();
});

afterEach(async () => {
  await pool.onApplicationShutdown();
});

function task(cost = 4) {
  return { data: 'secret', salt: bcryptSalt(cost) };
}

function codesOf(results: readonly PromiseSettledResult<string>[]): unknown[] {
  return results.flatMap((result) =>
    result.status === 'rejected' ? [(result.reason as { code?: unknown }).code] : [],
  );
}

it('computes what bcrypt computes', async () => {
  const hash = await pool.run(task(), ordinary);
  expect(compareSync('secret', hash)).toBe(true);
  expect(compareSync('Secret', hash)).toBe(false);
});

it('computes the same hash again from the hash itself', async () => {
  const hash = await pool.run(task(), ordinary);
  expect(await pool.run({ data: 'secret', salt: hash.slice(0, 29) }, ordinary)).toBe(hash);
});

it('leaves the event loop to others while it hashes', async () => {
  let turns = 0;
  const count = setInterval(() => (turns += 1), 1);
  await Promise.all(Array.from({ length: 8 }, () => pool.run(task(10), ordinary)));
  clearInterval(count);
  expect(turns).toBeGreaterThan(20);
});

onLinux('hashes at the lowest priority and leaves the main thread its own', async () => {
  await pool.run(task(), ordinary);
  const niceOf = (thread: string): number => {
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  };
  const threads = readdirSync('/proc/self/task');
  expect(threads.map(niceOf)).toContain(19);
  expect(niceOf(`${process.pid}`)).toBeLessThan(19);
});

it('refuses with busy beyond its bound, and says when to come back', async () => {
  const results = await Promise.allSettled(Array.from({ length: FULL }, () => pool.run(task(), vouched)));
  expect(codesOf(results)).toEqual(['busy']);
  await expect(Promise.all(Array.from({ length: FULL }, () => pool.run(task(), vouched)))).rejects.toMatchObject({
    code: 'busy',
    retryAfterSeconds: 5,
  });
});

it('answers busy to whoever loses the place to somebody vouched', async () => {
  const strangers = Array.from({ length: FULL }, () => pool.run(task(), ordinary));
  const known = Array.from({ length: FULL }, () => pool.run(task(), vouched));
  const [ofStrangers, ofKnown] = await Promise.all([Promise.allSettled(strangers), Promise.allSettled(known)]);
  // only those that a thread already had go through
  expect(ofStrangers.filter(({ status }) => status === 'fulfilled')).toHaveLength(availableParallelism());
  expect(ofKnown.filter(({ status }) => status === 'fulfilled')).toHaveLength(availableParallelism() * 100);
  expect(new Set([...codesOf(ofStrangers), ...codesOf(ofKnown)])).toEqual(new Set(['busy']));
});

it('takes 32 hashes at once from one network', async () => {
  await expect(Promise.all(Array.from({ length: 32 }, () => pool.run(task(), ordinary)))).resolves.toHaveLength(32);
});

it('tells how many wait', async () => {
  const all = Promise.all(Array.from({ length: availableParallelism() + 7 }, () => pool.run(task(), ordinary)));
  expect(pool.depth).toBe(7);
  await all;
  expect(pool.depth).toBe(0);
});

it('hands on an error of bcrypt and goes on', async () => {
  await expect(pool.run({ data: 'secret', salt: 'no salt' }, ordinary)).rejects.toThrow('salt');
  await expect(pool.run(task(), ordinary)).resolves.toMatch(/^\$2b\$04\$/);
});

it('replaces a thread that crashes; only its own hash fails', async () => {
  const poison = pool.run(null as never, ordinary);
  const others = Array.from({ length: 10 }, () => pool.run(task(), ordinary));
  await expect(poison).rejects.toThrow();
  await expect(Promise.all(others)).resolves.toHaveLength(10);
  await expect(Promise.all(Array.from({ length: 10 }, () => pool.run(task(), ordinary)))).resolves.toHaveLength(10);
});

it('takes no more once it shuts down', async () => {
  await pool.run(task(), ordinary);
  await pool.onApplicationShutdown();
  await expect(pool.run(task(), ordinary)).rejects.toMatchObject({ code: 'unavailable' });
});
