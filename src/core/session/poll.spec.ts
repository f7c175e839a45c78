import { Logger } from '@nestjs/common';
import { Poll } from './poll';

/** A read that the test answers itself. */
class Reads {
  readonly pending: { resolve: (value: string) => void; reject: (error: Error) => void }[] = [];
  readonly applied: string[] = [];
  readonly poll = new Poll(
    'the test',
    () => new Promise<string>((resolve, reject) => this.pending.push({ resolve, reject })),
    (value) => {
      this.applied.push(value);
    },
  );

  answer(value: string): void {
    this.pending.shift()?.resolve(value);
  }
}

describe('a poll', () => {
  let reads: Reads;

  beforeEach(() => {
    jest.useFakeTimers();
    Logger.overrideLogger(false);
    reads = new Reads();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  async function started(): Promise<void> {
    const start = reads.poll.start();
    reads.answer('first');
    await start;
  }

  it('reads again each second', async () => {
    await started();
    for (const value of ['second', 'third']) {
      await jest.advanceTimersByTimeAsync(1000);
      reads.answer(value);
    }
    await jest.advanceTimersByTimeAsync(0);
    expect(reads.applied).toEqual(['first', 'second', 'third']);
  });

  it('does not start when the first read fails', async () => {
    const start = reads.poll.start();
    reads.pending.shift()?.reject(new Error('no database'));
    await expect(start).rejects.toThrow('no database');
  });

  it('reads once more for all who asked during a read: that one may have looked too early', async () => {
    await started();
    const asked = [reads.poll.readNow(), reads.poll.readNow(), reads.poll.readNow()];
    expect(reads.pending).toHaveLength(1);
    reads.answer('early');
    await asked[0];
    await jest.advanceTimersByTimeAsync(0);
    expect(reads.pending).toHaveLength(1);
    reads.answer('late');
    await Promise.all(asked);
    expect(reads.applied).toEqual(['first', 'early', 'late']);
  });

  it('gives up a read that hangs, goes on, and never applies its late result', async () => {
    await started();
    await jest.advanceTimersByTimeAsync(1000);
    const hanging = reads.pending.shift();
    await jest.advanceTimersByTimeAsync(3000);
    reads.answer('fresh');
    await jest.advanceTimersByTimeAsync(0);
    hanging?.resolve('stale');
    await jest.advanceTimersByTimeAsync(0);
    expect(reads.applied).toEqual(['first', 'fresh']);
  });

  it('is as old as the beginning of its last good read', async () => {
    expect(reads.poll.ageMilliseconds).toBe(Number.POSITIVE_INFINITY);
    await started();
    expect(reads.poll.ageMilliseconds).toBe(0);
    await jest.advanceTimersByTimeAsync(1000);
    await jest.advanceTimersByTimeAsync(500);
    reads.answer('slow');
    await jest.advanceTimersByTimeAsync(0);
    expect(reads.poll.ageMilliseconds).toBe(500);
    await jest.advanceTimersByTimeAsync(500);
    reads.pending.shift()?.reject(new Error('no database'));
    await jest.advanceTimersByTimeAsync(0);
    expect(reads.poll.ageMilliseconds).toBe(1000);
  });

  it('reads no more once stopped', async () => {
    await started();
    await reads.poll.stop();
    reads.poll.wake();
    await jest.advanceTimersByTimeAsync(5000);
    expect(reads.pending).toEqual([]);
  });
});
