import { startTestApp, type TestApp, type TestAppOptions } from './test-app';

type Process = TestApp & { readonly dataDir: string };

/** One service as two processes: the same database, keys and clock, and nothing else in common. */
export interface TwoProcesses {
  readonly both: readonly [Process, Process];
  /** The processes in turn: what happens at once happens in both. */
  next(): TestApp;
  close(): Promise<void>;
}

export async function startTwoProcesses(environment: TestAppOptions['environment'] = {}): Promise<TwoProcesses> {
  const first = await startTestApp({ environment });
  const { database, clock, dataDir } = first;
  const second = await startTestApp({ environment, database, clock, dataDir });
  let turn = 0;
  return {
    both: [first, second],
    next: () => ((turn += 1) % 2 === 0 ? first : second),
    close: async () => {
      await second.close();
      await first.close();
    },
  };
}

/** `times` calls at once. */
export function atOnce<T>(times: number, call: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: times }, (_, index) => call(index)));
}

/** How often each value occurs. */
export function tally(values: readonly (string | number)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
