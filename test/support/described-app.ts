import type { InjectOptions, Response } from 'light-my-request';
import { ApiDescription } from './api-description';
import { startTestApp, type TestApp, type TestAppOptions } from './test-app';

type StartedApp = TestApp & { readonly dataDir: string };

interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly answer: Response;
}

/**
 * The whole service, as `startTestApp` gives it, whose every answer is held against its own OpenAPI document: `close`
 * throws, naming each difference. Requests of routes that the document does not have (pages, unknown paths) are let be.
 */
export async function startDescribedApp(options: TestAppOptions = {}): Promise<StartedApp> {
  const service = await startTestApp(options);
  const exchanges: Exchange[] = [];
  const inject = async (request: InjectOptions): Promise<Response> => {
    const answer = await service.inject(request);
    exchanges.push({
      method: request.method ?? 'GET',
      url: typeof request.url === 'string' ? request.url : '',
      answer,
    });
    return answer;
  };
  return {
    ...service,
    inject,
    post: (url, body, headers = {}) =>
      inject({ method: 'POST', url, headers, ...(body === undefined ? {} : { payload: body as object }) }),
    get: (url, headers = {}) => inject({ method: 'GET', url, headers }),
    close: async () => {
      const faults = faultsIn(exchanges, await ApiDescription.of(service));
      await service.close();
      if (faults.length > 0)
        throw new Error(`answers that the OpenAPI document does not describe:\n${faults.join('\n')}`);
    },
  };
}

function faultsIn(exchanges: readonly Exchange[], api: ApiDescription): string[] {
  const faults = exchanges.flatMap(({ method, url, answer }) => {
    const path = api.pathOf(method, url);
    if (path === null) return [];
    return api.faultsOf(method, path, answer).map((fault) => `${method} ${path}: ${fault}`);
  });
  return [...new Set(faults)].sort();
}
