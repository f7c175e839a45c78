import { aMember, multipart } from '../storage';
import type { TestApp } from '../test-app';
import type { Aim, OddRoute } from './odd-route';

/** A file of one's own, by the shipped rules. */
async function aimAtFile(service: TestApp, family: string): Promise<Aim> {
  const { id, headers } = await aMember(service);
  const { payload, type } = multipart([{ content: 'odd' }]);
  const place = `user/${id}/odd.txt`;
  await service.inject({
    method: 'POST',
    url: `/storage/${place}`,
    headers: { ...headers, 'content-type': type },
    payload,
  });
  return { body: {}, headers, url: `/storage/${family}${place}` };
}

const routeOf = (route: string, family: string, lasts: boolean): OddRoute => ({
  route,
  lasts,
  shape: 'native',
  fields: {},
  aim: (service) => aimAtFile(service, family),
});

/** The routes of files that take no file. */
export const storageRoutes: readonly OddRoute[] = [
  routeOf('DELETE /storage*', '', false),
  routeOf('DELETE /storage/o*', 'o/', false),
  routeOf('DELETE /storage/m*', 'm/', true),
  routeOf('DELETE /storage/meta*', 'meta/', true),
  routeOf('POST /storage/m*', 'm/', true),
  routeOf('POST /storage/meta*', 'meta/', true),
];

/** Files come as multipart: their odd bodies are in test/security/odd-input.uploads. */
export const uploadRoutes: readonly string[] = ['POST /storage*', 'POST /storage/o*'];
