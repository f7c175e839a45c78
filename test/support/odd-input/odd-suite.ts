import { Logger, type LoggerService } from '@nestjs/common';
import { anAccount, signIn } from '../accounts';
import { full } from '../full';
import { startTestApp, type TestApp } from '../test-app';
import { claimsRoutes } from './claims-routes';
import { FlowWatch } from './flow-watch';
import { luminaRoutes } from './lumina-routes';
import { legacyRoutes, secondFactorRoutes } from './native-other-routes';
import { nativeRoutes } from './native-routes';
import { OddBodies } from './odd-bodies';
import type { OddRoute } from './odd-route';
import { pageRoutes } from './page-routes';
import { sealedRoutes } from './sealed-routes';
import { storageRoutes } from './storage-routes';
import { vaultRoutes } from './vault-routes';

/** Every route that takes a body, by the suite that sends it odd ones. */
export const oddRoutes = {
  native: nativeRoutes,
  'second factor': secondFactorRoutes,
  'older spellings': legacyRoutes,
  vault: vaultRoutes,
  claims: claimsRoutes,
  lumina: luminaRoutes,
  sealed: sealedRoutes,
  storage: storageRoutes,
  pages: pageRoutes,
} as const satisfies Record<string, readonly OddRoute[]>;

const ALL = 20_000;

/** To each route. */
export const bodiesPerRoute = full(12, Math.ceil(ALL / Object.values(oddRoutes).flat().length));

/** Only what is thrown is of interest. */
class FailureLog implements LoggerService {
  readonly lines: string[] = [];

  log(): void {
    // nothing went wrong
  }

  warn(...parts: unknown[]): void {
    this.lines.push(JSON.stringify(parts));
  }

  error(...parts: unknown[]): void {
    this.lines.push(JSON.stringify(parts));
  }
}

/** A service without budgets, and what it logs of failures. */
export async function startOddService(environment: Record<string, string> = {}) {
  const service = await startTestApp({
    environment: { LOCKOUT_ATTEMPTS: '100', SESSIONS_PER_USER: '1000', ...environment },
  });
  const log = new FailureLog();
  Logger.overrideLogger(log);
  return { service, log };
}

/** After all that, people sign in as ever, and nothing was logged that a human would have to look at. */
export async function expectUnharmed(service: TestApp, log: FailureLog): Promise<void> {
  const person = await anAccount(service);
  await signIn(service, person);
  expect((await service.get('/readyz')).statusCode).toBe(200);
  // an address may be right and so odd that no mail server takes it: that it is given up is told, as it is of any
  expect(log.lines.filter((line) => !/mail unusable: EENVELOPE; given up/.test(line))).toEqual([]);
}

/** The suite of one group of routes: each is sent its share of bodies, by a service that must be as well afterwards. */
export function describeOddBodies(group: keyof typeof oddRoutes, environment: Record<string, string> = {}): void {
  describe(`odd bodies: ${group}`, () => {
    let service: TestApp;
    let log: FailureLog;
    let watch: FlowWatch;
    beforeAll(async () => {
      ({ service, log } = await startOddService(environment));
      watch = new FlowWatch(service);
    });
    afterAll(() => service.close());

    it.each(oddRoutes[group])(
      '$route answers them in its own shape, and nearly half reach its flow',
      async (route: OddRoute) => {
        await new OddBodies(service, watch, route).run(bodiesPerRoute);
      },
      full(120_000, 900_000),
    );

    it('leave the service as it was', async () => {
      await expectUnharmed(service, log);
    });
  });
}
