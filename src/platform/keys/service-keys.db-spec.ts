import { randomBytes } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database';
import { TestClock } from '../../../test/support/test-clock';
import { parseSettings } from '../../config/settings';
import { statement } from '../../database/database.service';
import { MasterKeyring } from './master-keyring.service';
import { ServiceKeys, type ServiceKeyName } from './service-keys.service';

const names: readonly ServiceKeyName[] = [
  'pepper',
  'bucket',
  'device',
  'refresh',
  'enrolment',
  'prelogin',
  'code',
  'audit',
];

const clock = new TestClock();
let test: TestDatabase;

beforeEach(async () => {
  test = await createTestDatabase();
});

afterEach(async () => {
  await test.drop();
});

function newKey(): string {
  return randomBytes(32).toString('base64');
}

async function start(...masterKeys: readonly string[]): Promise<ServiceKeys> {
  const keyring = new MasterKeyring(parseSettings({ MASTER_KEY: masterKeys.join(',') }));
  const keys = new ServiceKeys(test.database, keyring, clock);
  await keys.load();
  return keys;
}

function valuesOf(keys: ServiceKeys): string[] {
  return names.map((name) => keys.key(name).toString('hex'));
}

async function storedRows(): Promise<{ name: string; sealed: Buffer }[]> {
  const { rows } = await statement<{ name: string; sealed: Buffer }>(
    test.database.pool,
    'SELECT name, sealed FROM service_keys ORDER BY name',
  );
  return rows;
}

it('are 32 bytes each, all different', async () => {
  const values = valuesOf(await start(newKey()));
  expect(values.every((value) => value.length === 64)).toBe(true);
  expect(new Set(values).size).toBe(names.length);
});

it('are the same after a restart', async () => {
  const master = newKey();
  expect(valuesOf(await start(master))).toEqual(valuesOf(await start(master)));
});

it('are in no row as they are', async () => {
  const values = valuesOf(await start(newKey()));
  const rows = await storedRows();
  expect(rows).toHaveLength(names.length);
  for (const { sealed } of rows) for (const value of values) expect(sealed.toString('hex')).not.toContain(value);
});

it('stay the same when the master key changes, and afterwards do without the former one', async () => {
  const [former, current] = [newKey(), newKey()];
  const before = valuesOf(await start(former));
  expect(valuesOf(await start(current, former))).toEqual(before);
  expect(valuesOf(await start(current))).toEqual(before);
  await expect(start(former)).rejects.toThrow('another master key');
});

it('stop the start and stay untouched when no master key opens them', async () => {
  const master = newKey();
  const before = valuesOf(await start(master));
  const rows = await storedRows();
  await expect(start(newKey())).rejects.toThrow('another master key');
  expect(await storedRows()).toEqual(rows);
  expect(valuesOf(await start(master))).toEqual(before);
});

it('open in no other key’s row', async () => {
  const master = newKey();
  await start(master);
  await statement(
    test.database.pool,
    `UPDATE service_keys SET sealed = (SELECT sealed FROM service_keys WHERE name = 'audit') WHERE name = 'pepper'`,
  );
  await expect(start(master)).rejects.toThrow('service_keys/pepper');
});

it('that a newer version adds are made beside the others', async () => {
  const master = newKey();
  const before = await start(master);
  await statement(test.database.pool, `DELETE FROM service_keys WHERE name = 'code'`);
  const after = await start(master);
  expect(after.key('pepper')).toEqual(before.key('pepper'));
  expect(after.key('code')).not.toEqual(before.key('code'));
});

it('are not handed out before they are loaded', () => {
  const keyring = new MasterKeyring(parseSettings({ MASTER_KEY: newKey() }));
  expect(() => new ServiceKeys(test.database, keyring, clock).key('pepper')).toThrow('before they are loaded');
});
