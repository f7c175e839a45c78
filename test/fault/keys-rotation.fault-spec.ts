import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { statement } from '../../src/database/database.service';
import { bearer, createAccount, expectStatus, signIn, tokensOf } from '../support/account-client';
import { eventually } from '../support/eventually';
import { full } from '../support/full';
import { ServiceProcess, type ServiceOptions } from '../support/service-process';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { TokenLoad } from '../support/token-load';

const OWNER = 'owner@example.org';
const ROTATE_KEYS = resolve(__dirname, '../../dist/cli/rotate-keys.js');

interface World {
  readonly database: TestDatabase;
  readonly services: readonly [ServiceProcess, ServiceProcess];
  /** Runs what `npm run keys:rotate` runs once it has seen to the build. Returns what it prints. */
  rotateKeys(...options: string[]): Promise<string>;
  close(): Promise<void>;
}

/** Two processes on one database, behind one public URL. */
async function startWorld(settings: ServiceOptions['environment']): Promise<World> {
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-rotation-'));
  const database = await createTestDatabase();
  const environment = {
    DATABASE_URL: database.url,
    PUBLIC_URL: 'http://localhost',
    SESSIONS_PER_USER: '10000',
    ...settings,
  };
  const start = (): Promise<ServiceProcess> => ServiceProcess.start({ dataDir, environment });
  const services = await Promise.all([start(), start()]);
  await createAccount(services[0], OWNER);
  return {
    database,
    services,
    rotateKeys: async (...options) => {
      const env = { PATH: process.env['PATH'], DATA_DIR: dataDir, ...environment };
      return (await promisify(execFile)(process.execPath, [ROTATE_KEYS, ...options], { cwd: dataDir, env })).stdout;
    },
    close: async () => {
      await Promise.all(services.map((service) => service.stop()));
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const kidOf = (token: string): string => String(decodeProtectedHeader(token).kid);

describe('signing keys rotated by schedule', () => {
  const lead = full(4, 40);
  const rotation = full(5, 45);
  const rotations = 3;
  const deadlineSeconds = (rotations + 1) * (rotation + 5);
  let world: World;

  beforeAll(async () => {
    world = await startWorld({
      SIGNING_KEY_LEAD: `${lead}s`,
      SIGNING_KEY_ROTATION: `${rotation}s`,
      ACCESS_TOKEN_TTL: full('10s', '20s'),
    });
  });

  afterAll(() => world.close());

  it(
    'have no valid token refused, by any process or by whoever keeps the published set as long as he may',
    async () => {
      const load = await TokenLoad.withReaders(world.services, OWNER);
      try {
        await eventually(() => {
          if (load.refusals.length > 0) return; // no use in going on
          expect(load.signers.size).toBeGreaterThan(rotations);
          expect(load.outlived.size).toBeGreaterThanOrEqual(rotations);
        }, deadlineSeconds * 1000);
      } finally {
        await load.stop();
      }
      expect(load.refusals.slice(0, 5)).toEqual([]);
      expect(load.accepted).toBeGreaterThan(1000);
    },
    (deadlineSeconds + 30) * 1000,
  );
});

describe('a signing key that was compromised', () => {
  const MAX_AGE_SECONDS = 3;
  let world: World;

  beforeAll(async () => {
    world = await startWorld({ SIGNING_KEY_LEAD: `${2 * MAX_AGE_SECONDS}s`, SIGNING_KEY_ROTATION: '1h' });
  });

  afterAll(() => world.close());

  const kids = async (): Promise<string[]> =>
    (await statement<{ kid: string }>(world.database.database.pool, 'SELECT kid FROM signing_keys')).rows.map(
      ({ kid }) => kid,
    );

  const codeOf = async (service: ServiceProcess, access: string): Promise<unknown> => {
    const answer = await service.get('/user/me', bearer({ access }));
    return answer.status === 200 ? 200 : ((await answer.json()) as { code: unknown }).code;
  };

  const expectAll = async (tokens: readonly string[], outcome: unknown): Promise<void> => {
    for (const service of world.services) {
      expect(new Set(await Promise.all(tokens.map((token) => codeOf(service, token))))).toEqual(new Set([outcome]));
    }
  };

  it('is out of use in every process within 2 s of the command, its sessions go on with the new one', async () => {
    const { services, rotateKeys } = world;
    const reader = createRemoteJWKSet(new URL(`${services[1].url}/auth/jwks`), {
      cacheMaxAge: MAX_AGE_SECONDS * 1000,
      cooldownDuration: Infinity,
    });
    const session = await signIn(services[0], OWNER);
    const dropped = kidOf(session.access);
    await jwtVerify(session.access, reader);

    const load = TokenLoad.atServices(services, OWNER);
    try {
      await eventually(() => {
        expect(load.tokens().length).toBeGreaterThan(50);
      });
      const command = rotateKeys('--compromised');
      await eventually(async () => {
        expect(await kids()).not.toContain(dropped);
      });
      const former = load.tokens().filter((token) => kidOf(token) === dropped);
      expect(former.length).toBeGreaterThan(50);
      await eventually(() => expectAll(former, 'invalid-token'), 2_000);

      const [successor = ''] = /[\da-f-]{36}/.exec(await command) ?? [];
      expect(await kids()).toEqual([successor]);
      const refreshed = await tokensOf(
        await expectStatus(services[1].post('/auth/token/refresh', { refresh_token: session.refresh }), 200),
      );
      const fresh = [
        refreshed.access,
        ...(await Promise.all(services.map((it) => signIn(it, OWNER)))).map((it) => it.access),
      ];
      expect(new Set(fresh.map(kidOf))).toEqual(new Set([successor]));
      await expectAll(fresh, 200);
      await expectAll(former, 'invalid-token');

      // whoever keeps the published set hears of it when he may keep it no longer
      await eventually(() => expect(jwtVerify(session.access, reader)).rejects.toThrow(/no applicable key/), 10_000);
      await jwtVerify(refreshed.access, reader);
    } finally {
      await load.stop();
    }
    expect(load.refusals.filter(({ kid }) => kid !== dropped).slice(0, 5)).toEqual([]);
    expect(load.signers.size).toBe(2);
  });
});
