import { once } from 'node:events';
import { createServer } from 'node:net';
import { startTestApp, type TestApp, type TestAppOptions } from './test-app';

/** A service in this process that a browser can reach: it has the clock of a test, and a port. */
export interface BrowsedApp extends TestApp {
  /** What its links begin with. */
  readonly url: string;
}

/** Requests through `inject` and the browser's are told apart by `x-forwarded-for`. */
export async function startBrowsedApp({ environment = {} }: TestAppOptions = {}): Promise<BrowsedApp> {
  const port = await freePort();
  const url = `http://localhost:${String(port)}`;
  const service = await startTestApp({ environment: { PUBLIC_URL: url, TRUST_PROXY: '127.0.0.1', ...environment } });
  await service.app.listen(port, '127.0.0.1');
  return { ...service, url };
}

/** Known before the service starts: its own links hold it. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
