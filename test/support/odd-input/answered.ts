import type { InjectOptions, Response } from 'light-my-request';
import type { TestApp } from '../test-app';

const LONGEST_WAIT_MS = 20_000;

/** @throws Error saying what was sent, when there is no answer to it */
export async function answered(service: Pick<TestApp, 'inject'>, request: InjectOptions): Promise<Response> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const { method = 'GET', url, payload } = request;
      const sent = Buffer.isBuffer(payload) ? payload.toString() : payload;
      reject(new Error(`no answer to ${JSON.stringify({ method, url, sent }).slice(0, 3000)}`));
    }, LONGEST_WAIT_MS);
  });
  return Promise.race([service.inject(request), tooLong]).finally(() => {
    clearTimeout(timer);
  });
}
