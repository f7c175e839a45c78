import { FairQueue } from './fair-queue';

const idle = () => 0;
const takenOf = (queue: FairQueue<string>, count: number, atWork: (caller: string) => number = idle) =>
  Array.from({ length: count }, () => queue.take(atWork)?.item);

it('callers take turns, however much one of them wants', () => {
  const queue = new FairQueue<string>(10, 4);
  for (const item of ['a1', 'a2', 'a3']) queue.add('a', item);
  queue.add('b', 'b1');
  queue.add('c', 'c1');
  expect(takenOf(queue, 6)).toEqual(['a1', 'b1', 'c1', 'a2', 'a3', undefined]);
});

it('who has less at work is next', () => {
  const queue = new FairQueue<string>(10, 4);
  queue.add('a', 'a1');
  queue.add('b', 'b1');
  expect(takenOf(queue, 2, (caller) => (caller === 'a' ? 1 : 0))).toEqual(['b1', 'a1']);
});

it('there is so much room for one, and so much for all', () => {
  const queue = new FairQueue<string>(3, 2);
  expect(['a1', 'a2', 'a3'].map((item) => queue.add('a', item))).toEqual([true, true, false]);
  expect(['b1', 'b2'].map((item) => queue.add('b', item))).toEqual([true, false]);
  expect(queue.size).toBe(3);
});

it('what two wait for comes when the first of them has his turn, once', () => {
  const queue = new FairQueue<string>(10, 4);
  for (const item of ['a1', 'a2', 'shared']) queue.add('a', item);
  queue.join('b', 'shared');
  expect(takenOf(queue, 4)).toEqual(['a1', 'shared', 'a2', undefined]);
});

it('what is removed leaves its room, and nobody joins it', () => {
  const queue = new FairQueue<string>(1, 1);
  queue.add('a', 'a1');
  expect([queue.remove('a1'), queue.remove('a1')]).toEqual([true, false]);
  queue.join('b', 'a1');
  expect([queue.size, queue.take(idle), queue.add('a', 'a2')]).toEqual([0, undefined, true]);
});
