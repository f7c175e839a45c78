import { Hold } from '../../../../test/support/hold';
import { WriteLanes } from './write-lanes.service';

it('of one caller four writes are under way, the others follow one for one; nobody else waits for them', async () => {
  const lanes = new WriteLanes();
  const begun: number[] = [];
  const holds = Array.from({ length: 10 }, () => new Hold());
  const writes = holds.map((hold, index) =>
    lanes.run('ada', async () => {
      begun.push(index);
      await hold.wait();
      if (index === 2) throw new Error('refused');
      return index;
    }),
  );
  const settled = Promise.allSettled(writes);
  await holds[3]!.reached;
  expect(begun).toEqual([0, 1, 2, 3]);
  expect(await lanes.run('bob', () => Promise.resolve('through'))).toBe('through');
  expect(await lanes.run('192.0.2.1', () => Promise.resolve('through'))).toBe('through');
  holds[2]!.release();
  await holds[4]!.reached;
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  for (const hold of holds) hold.release();
  expect((await settled).map(({ status }) => status)).toEqual(
    holds.map((_, index) => (index === 2 ? 'rejected' : 'fulfilled')),
  );
  expect(await lanes.run('ada', () => Promise.resolve('again'))).toBe('again');
});

it('of one caller 128 writes wait, whoever comes next may come again, and is no loss to the others', async () => {
  const lanes = new WriteLanes();
  const hold = new Hold();
  const write = () => lanes.run('192.0.2.1', () => hold.wait());
  const writes = Array.from({ length: 4 + 128 }, write);
  await expect(write()).rejects.toMatchObject({ code: 'too-many-requests', retryAfterSeconds: 1 });
  expect(await lanes.run('192.0.2.2', () => Promise.resolve('through'))).toBe('through');
  hold.release();
  await Promise.all(writes);
  expect(await lanes.run('192.0.2.1', () => Promise.resolve('again'))).toBe('again');
});
