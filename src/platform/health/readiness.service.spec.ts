import { Logger } from '@nestjs/common';
import { Readiness } from './readiness.service';

beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('readiness', () => {
  it('is had when all dependencies answer', async () => {
    const readiness = new Readiness();
    readiness.register('one', () => Promise.resolve());
    expect(await readiness.report()).toEqual({ isReady: true, dependencies: { one: true } });
  });

  it('names what does not answer, and asks the others all the same', async () => {
    const readiness = new Readiness();
    readiness.register('one', () => Promise.reject(new Error('away')));
    readiness.register('two', () => {
      throw new Error('away at once');
    });
    readiness.register('three', () => Promise.resolve());
    expect(await readiness.report()).toEqual({
      isReady: false,
      dependencies: { one: false, two: false, three: true },
    });
  });

  it('is not lost for what is not vital, which is told all the same', async () => {
    const readiness = new Readiness();
    readiness.register('one', () => Promise.resolve());
    readiness.register('two', () => Promise.reject(new Error('away')), { isVital: false });
    expect(await readiness.report()).toEqual({ isReady: true, dependencies: { one: true, two: false } });
  });

  it('does not wait for ever', async () => {
    jest.useFakeTimers();
    try {
      const readiness = new Readiness();
      readiness.register('silent', () => new Promise(() => undefined));
      const report = readiness.report();
      await jest.advanceTimersByTimeAsync(2000);
      expect(await report).toMatchObject({ isReady: false });
    } finally {
      jest.useRealTimers();
    }
  });

  it('asks a dependency once, however many want to know, and anew for the next', async () => {
    let asked = 0;
    const readiness = new Readiness();
    readiness.register('one', () => {
      asked += 1;
      return Promise.resolve();
    });
    await Promise.all(Array.from({ length: 10 }, () => readiness.report()));
    expect(asked).toBe(1);
    await readiness.report();
    expect(asked).toBe(2);
  });
});
