import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { StorageSweeper } from '../../../src/core/storage/objects/storage-sweeper.service';
import { Database, statement } from '../../../src/database/database.service';
import { manyFiles } from '../../support/many-files';
import { aMember, startStorageApp, type StorageApp } from '../../support/storage';

let service: StorageApp;

beforeAll(async () => (service = await startStorageApp()));
afterAll(() => service.close());

const storedFiles = () =>
  readdirSync(join(service.dataDir, 'blobs'), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );

it('an account takes its files with it, wherever they stand, and nobody else’s', async () => {
  const [leaver, other] = [await aMember(service), await aMember(service)];
  const upload = async (url: string, headers: Record<string, string>) => {
    expect((await service.upload(url, { content: 'bytes' }, headers)).statusCode).toBe(200);
  };
  await upload(`/storage/user/${leaver.id}/mine`, leaver.headers);
  await upload('/storage/open/of-the-leaver', leaver.headers);
  await upload(`/storage/user/${other.id}/theirs`, other.headers);
  await upload('/storage/open/of-another', other.headers);
  await upload('/storage/open/of-nobody', {});
  expect((await service.post('/auth/delete', undefined, leaver.headers)).statusCode).toBe(204);
  expect((await service.get('/storage/open/of-the-leaver')).statusCode).toBe(404);
  expect((await service.get('/storage/open/of-another')).body).toBe('bytes');
  expect((await service.get('/storage/open/of-nobody')).body).toBe('bytes');
  expect((await service.get(`/storage/user/${other.id}/theirs`, other.headers)).body).toBe('bytes');
  const sweeper = service.app.get(StorageSweeper, { strict: false });
  await sweeper.sweep();
  service.clock.advanceSeconds(3600);
  await sweeper.sweep();
  expect(storedFiles()).toHaveLength(3);
});

it('an account with thousands of files can be deleted', async () => {
  const leaver = await aMember(service);
  const { pool } = service.app.get(Database);
  await manyFiles(pool, leaver.id, 10_000);
  expect((await service.post('/auth/delete', undefined, leaver.headers)).statusCode).toBe(204);
  const { rows } = await statement(pool, `SELECT 1 FROM stored_objects WHERE owner_id = $1`, [leaver.id]);
  expect(rows).toEqual([]);
});
