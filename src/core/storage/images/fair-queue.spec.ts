import { FairQueue } from './fair-queue';

let time: number;
let displaced: string[];
beforeEach(() => {
  time = 1000;
  displaced = [];
});

const aQueue = (limits: { most?: number; mostPerLane?: number; mostUnderWay?: number } = {}) =>
  new FairQueue<string>(
    { most: 10, mostPerLane: 4, mostUnderWay: 10, ...limits },
    () => time,
    (item) => displaced.push(item),
  );

/** The next one, done after so long. */
function served(queue: FairQueue<string>, milliseconds = 0): string | undefined {
  const turn = queue.take();
  time += milliseconds;
  turn?.end();
  return turn?.item;
}

const allServed = (queue: FairQueue<string>, count: number) => Array.from({ length: count }, () => served(queue));

it('callers take turns, however much one of them wants', () => {
  const queue = aQueue();
  for (const item of ['a1', 'a2', 'a3']) queue.add('a', item);
  queue.add('b', 'b1');
  queue.add('c', 'c1');
  expect(allServed(queue, 6)).toEqual(['a1', 'b1', 'c1', 'a2', 'a3', undefined]);
});

it('who has used less time is next, not who has had fewer turns', () => {
  const queue = aQueue();
  for (const item of ['a1', 'a2']) queue.add('a', item);
  expect(served(queue, 20_000)).toBe('a1');
  for (const item of ['b1', 'b2', 'b3', 'b4']) queue.add('b', item);
  expect([1, 2, 3, 4, 5].map(() => served(queue, 200))).toEqual(['b1', 'b2', 'b3', 'b4', 'a2']);
});

it('what is under way counts as it goes on', () => {
  const queue = aQueue();
  for (const item of ['a1', 'a2']) queue.add('a', item);
  queue.take();
  queue.add('b', 'b1');
  expect(served(queue, 1000)).toBe('b1');
  time += 3000;
  queue.add('b', 'b2');
  queue.add('c', 'c1');
  expect(allServed(queue, 3)).toEqual(['c1', 'b2', 'a2']);
});

it('what has begun at this instant counts, too', () => {
  const queue = aQueue();
  for (const item of ['a1', 'a2']) queue.add('a', item);
  expect(queue.take()?.item).toBe('a1');
  queue.add('b', 'b1');
  expect([queue.take()?.item, queue.take()?.item]).toEqual(['b1', 'a2']);
});

it('what was used is forgotten little by little', () => {
  const queue = aQueue();
  queue.add('a', 'a1');
  expect(served(queue, 20_000)).toBe('a1');
  time += 60_000;
  queue.add('b', 'b1');
  expect(served(queue, 10_000)).toBe('b1');
  queue.add('b', 'b2');
  queue.add('a', 'a2');
  expect(allServed(queue, 2)).toEqual(['a2', 'b2']);
});

it('of one caller no more is under way than may be, though nobody else waits', () => {
  const queue = aQueue({ mostUnderWay: 2 });
  for (const item of ['a1', 'a2', 'a3']) queue.add('a', item);
  const first = queue.take();
  expect([first?.item, queue.take()?.item, queue.take()]).toEqual(['a1', 'a2', undefined]);
  queue.add('b', 'b1');
  expect([queue.take()?.item, queue.take()]).toEqual(['b1', undefined]);
  first?.end();
  expect(queue.take()?.item).toBe('a3');
});

it('there is so much room for one, and so much for all', () => {
  const queue = aQueue({ most: 3, mostPerLane: 2 });
  expect(['a1', 'a2', 'a3'].map((item) => queue.add('a', item))).toEqual([true, true, false]);
  expect(['b1', 'b2'].map((item) => queue.add('b', item))).toEqual([true, false]);
  expect(queue.size).toBe(3);
});

/** Four lanes of eight. */
function aFullQueue(): FairQueue<string> {
  const queue = aQueue({ most: 32, mostPerLane: 8 });
  for (const caller of ['a', 'b', 'c', 'd']) {
    for (let number = 1; number <= 8; number += 1) queue.add(caller, `${caller}${number}`);
  }
  return queue;
}

it('where all room is taken, who has none waiting gets in for the last one of who has several', () => {
  const queue = aFullQueue();
  expect([queue.add('e', 'e1'), displaced, queue.size]).toEqual([true, ['a8'], 32]);
  expect([queue.add('e', 'e2'), queue.add('a', 'a9'), displaced]).toEqual([false, false, ['a8']]);
  expect(allServed(queue, 5)).toEqual(['a1', 'b1', 'c1', 'd1', 'e1']);
});

it('where all room is taken, who has used more time makes room for who has used less', () => {
  const queue = aFullQueue();
  expect(served(queue, 1000)).toBe('a1');
  expect(served(queue, 2000)).toBe('b1');
  expect([1, 2, 3].map((number) => queue.add('e', `e${number}`))).toEqual([true, true, true]);
  expect([queue.add('a', 'a9'), displaced]).toEqual([true, ['b8', 'b7']]);
});

it('what another waits for as well stays, unless he makes room too', () => {
  const queue = aQueue({ most: 2, mostPerLane: 2 });
  for (const caller of ['a', 'b']) queue.add(caller, caller);
  served(queue, 2000);
  served(queue, 1000);
  for (const item of ['one', 'two']) queue.add('a', item);
  queue.join('b', 'two');
  queue.add('b', 'three');
  expect(displaced).toEqual(['one']);
  queue.add('c', 'four');
  queue.add('c', 'five');
  expect([displaced, allServed(queue, 2)]).toEqual([
    ['one', 'two', 'three'],
    ['four', 'five'],
  ]);
});

it('what two wait for comes when the first of them has his turn, once', () => {
  const queue = aQueue();
  for (const item of ['a1', 'a2', 'shared']) queue.add('a', item);
  queue.join('b', 'shared');
  expect(allServed(queue, 4)).toEqual(['a1', 'shared', 'a2', undefined]);
});

it('what is removed leaves its room, and nobody joins it', () => {
  const queue = aQueue({ most: 1, mostPerLane: 1 });
  queue.add('a', 'a1');
  expect([queue.remove('a1'), queue.remove('a1')]).toEqual([true, false]);
  queue.join('b', 'a1');
  expect([queue.size, queue.take(), queue.add('a', 'a2')]).toEqual([0, undefined, true]);
});

it('nobody is remembered for ever', () => {
  const queue = aQueue();
  for (let number = 0; number < 100; number += 1) {
    queue.add(`caller ${number}`, 'one');
    served(queue, 100_000);
  }
  const { use } = queue as unknown as { use: { accounts: Map<string, unknown> } };
  expect(use.accounts.size).toBeLessThan(20);
});
