import { bodiesPerRoute, oddRoutes } from '../support/odd-input/odd-suite';
import type { OddRoute } from '../support/odd-input/odd-route';
import { uploadRoutes } from '../support/odd-input/storage-routes';
import { registeredRoutes } from '../support/registered-routes';
import { startTestApp } from '../support/test-app';
import { full } from '../support/full';

/** A route may take a body unless it only reads. */
const takesBody = (route: string) => !route.startsWith('GET ');

it('odd bodies are sent to every route that may take one, with and without older spellings', async () => {
  const registered = new Set<string>();
  for (const LEGACY_SPELLINGS of ['false', 'true']) {
    const service = await startTestApp({ environment: { LEGACY_SPELLINGS } });
    for (const route of registeredRoutes(service).filter(takesBody)) registered.add(route);
    await service.close();
  }
  const routes: OddRoute[] = Object.values(oddRoutes).flat();
  expect([...registered].sort()).toEqual([...new Set([...routes.map(({ route }) => route), ...uploadRoutes])].sort());
  expect(routes.length * bodiesPerRoute).toBeGreaterThanOrEqual(full(700, 20_000));
});
