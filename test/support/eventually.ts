import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until `check` stops throwing, and returns what it returned. Only for what other processes do in their own
 * time; what depends on the service's clock sets that clock.
 */
export async function eventually<T>(check: () => T | Promise<T>, deadlineMs = 15_000): Promise<T> {
  const started = performance.now();
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() - started > deadlineMs) throw error;
      await delay(25);
    }
  }
}
