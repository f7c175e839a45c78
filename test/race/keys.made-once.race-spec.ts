import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { parseSettings } from '../../src/config/settings';
import { dataSourceOptions } from '../../src/database/data-source';
import { Database, statement } from '../../src/database/database.service';
import { entities } from '../../src/entities';
import { MasterKeyring } from '../../src/platform/keys/master-keyring.service';
import { ServiceKeys } from '../../src/platform/keys/service-keys.service';
import { eventually } from '../support/eventually';
import { TestClock } from '../support/test-clock';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { TypescriptProcess } from '../support/typescript-process';

const PROCESSES = 3;
const POOLS = 8;
const ROUNDS = 12;

let test: TestDatabase;
let folder: string;

beforeEach(async () => {
  test = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'keys-'));
});

afterEach(async () => {
  rmSync(folder, { recursive: true });
  await test.drop();
});

it('processes that start at once on a new folder and database have the same master key and the same service keys', async () => {
  const [dataDir, goFile] = [join(folder, 'data'), join(folder, 'go')];
  const started = Array.from(
    { length: PROCESSES },
    () => new TypescriptProcess('test/support/keys-process.ts', [dataDir, test.url, goFile]),
  );
  try {
    for (const one of started) await eventually(() => one.find('ready'));
    writeFileSync(goFile, '');
    const digests = await Promise.all(started.map((one) => eventually(() => one.find('keys'))));
    expect(new Set(digests).size).toBe(1);
    expect(readdirSync(dataDir)).toEqual(['master.key']);
  } finally {
    writeFileSync(goFile, '');
    await Promise.all(started.map((one) => one.end('SIGKILL')));
  }
});

it('service keys that many pools load at once are made once', async () => {
  const keyring = new MasterKeyring(parseSettings({ MASTER_KEY: Buffer.alloc(32, 5).toString('base64') }));
  const pools = await Promise.all(
    Array.from({ length: POOLS }, () =>
      new DataSource(dataSourceOptions({ url: test.url, entities, poolSize: 2 })).initialize(),
    ),
  );
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      await statement(test.database.pool, 'DELETE FROM service_keys');
      const all = pools.map((pool) => new ServiceKeys(new Database(pool), keyring, new TestClock()));
      await Promise.all(all.map((keys) => keys.load()));
      for (const name of ['pepper', 'device', 'audit'] as const) {
        expect(new Set(all.map((keys) => keys.key(name).toString('hex'))).size).toBe(1);
      }
    }
  } finally {
    await Promise.all(pools.map((pool) => pool.destroy()));
  }
});

it('service keys stay the same while processes start at once with a new first master key', async () => {
  const [former, current] = [6, 7].map((byte) => Buffer.alloc(32, byte).toString('base64'));
  const load = async (masterKey: string): Promise<string> => {
    const keys = new ServiceKeys(
      test.database,
      new MasterKeyring(parseSettings({ MASTER_KEY: masterKey })),
      new TestClock(),
    );
    await keys.load();
    return keys.key('pepper').toString('hex');
  };
  const before = await load(`${former}`);
  const both = Array.from({ length: 4 }, () => load(`${current},${former}`));
  expect(new Set(await Promise.all([...both, load(`${former},${current}`)]))).toEqual(new Set([before]));
  expect(await load(`${current},${former}`)).toBe(before);
  expect(await load(`${current}`)).toBe(before);
});
