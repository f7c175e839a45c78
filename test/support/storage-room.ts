import { mkdtempSync, readdirSync, rmSync, statSync, type Dirent } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Test, type TestingModule } from '@nestjs/testing';
import { ConfigModule } from '../../src/config/config.module';
import { parseSettings, type Settings } from '../../src/config/settings';
import type { SettingName } from '../../src/config/settings.schema';
import { Blobs } from '../../src/core/storage/blobs/blobs.port';
import { FindObject } from '../../src/core/storage/objects/find-object.flow';
import { OpenObject } from '../../src/core/storage/objects/open-object.flow';
import type { StoredAnswer } from '../../src/core/storage/objects/object-commit.service';
import { RemoveObject } from '../../src/core/storage/objects/remove-object.flow';
import { StorageSweeper } from '../../src/core/storage/objects/storage-sweeper.service';
import { StoreObject, type StoreObjectCommand } from '../../src/core/storage/objects/store-object.flow';
import { StorageModule } from '../../src/core/storage/storage.module';
import { DatabaseModule } from '../../src/database/database.module';
import { statement } from '../../src/database/database.service';
import { entities } from '../../src/entities';
import { Clock } from '../../src/kernel/clock';
import { newId } from '../../src/kernel/ids';
import { Jobs } from '../../src/platform/jobs/jobs.service';
import { PlatformModule } from '../../src/platform/platform.module';
import { TestClock } from './test-clock';
import { createTestDatabase, type TestDatabase } from './test-database';

export interface StorageRoomOptions {
  readonly environment?: Partial<Record<SettingName, string>>;
  /** Another one's database and folder: a second process of it. */
  readonly beside?: StorageRoom;
  /** Instead of the one that the settings say. */
  readonly blobs?: (settings: Settings) => Blobs;
}

type Stored = Partial<Omit<StoreObjectCommand, 'path' | 'source'>>;

/** The room of files alone, over a real database and a real store, with a clock that the test sets. */
export class StorageRoom {
  private constructor(
    readonly module: TestingModule,
    readonly database: TestDatabase,
    readonly dataDir: string,
    readonly clock: TestClock,
    private readonly isGuest: boolean,
  ) {}

  static async open({ environment = {}, beside, blobs }: StorageRoomOptions = {}): Promise<StorageRoom> {
    const database = beside?.database ?? (await createTestDatabase());
    const dataDir = beside?.dataDir ?? mkdtempSync(join(tmpdir(), 'latchkey-storage-'));
    const clock = beside?.clock ?? new TestClock();
    const settings = parseSettings({
      NODE_ENV: 'test',
      DATABASE_URL: database.url,
      DATA_DIR: dataDir,
      LOG_LEVEL: 'silent',
      ...environment,
    });
    const building = Test.createTestingModule({
      imports: [ConfigModule.with(settings), DatabaseModule.with(entities), PlatformModule, StorageModule],
    })
      .overrideProvider(Clock)
      .useValue(clock);
    if (blobs) building.overrideProvider(Blobs).useValue(blobs(settings));
    const module = await building.compile();
    module.useLogger(false);
    await module.init();
    // they run when the test says so
    await module.get(Jobs, { strict: false }).onModuleDestroy();
    return new StorageRoom(module, database, dataDir, clock, beside !== undefined);
  }

  get<T>(token: abstract new (...args: never[]) => T): T {
    return this.module.get<T>(token, { strict: false });
  }

  async close(): Promise<void> {
    await this.module.close();
    if (this.isGuest) return;
    rmSync(this.dataDir, { recursive: true, force: true });
    await this.database.drop();
  }

  store(path: string, bytes: Buffer | string | Readable, more: Stored = {}): Promise<StoredAnswer> {
    return this.get(StoreObject).execute({
      path,
      creator: null,
      sender: more.creator ?? '192.0.2.1',
      contentType: 'application/octet-stream',
      borneOutType: 'application/octet-stream',
      metadata: {},
      judge: () => undefined,
      ...more,
      source: bytes instanceof Readable ? bytes : Readable.from([Buffer.from(bytes)], { objectMode: false }),
    });
  }

  /** The bytes that stand at a path; null where there is no file. */
  async read(path: string): Promise<Buffer | null> {
    const object = await this.get(FindObject).execute(path);
    return object ? buffer(await this.get(OpenObject).execute(object)) : null;
  }

  remove(path: string): Promise<void> {
    return this.get(RemoveObject).execute({ path, judge: () => undefined });
  }

  sweep(): Promise<number> {
    return this.get(StorageSweeper).sweep();
  }

  /** Sweeps until nothing is left that may go, however long that takes by the service's clock. */
  async sweepAll(): Promise<number> {
    let removed = await this.sweep();
    this.clock.advanceSeconds(86_400);
    removed += await this.sweep();
    return removed;
  }

  /** Names of all files that lie in the store on disk. */
  filesOnDisk(): string[] {
    return this.entriesOnDisk()
      .map(({ name }) => name)
      .sort();
  }

  sizesOnDisk(): number[] {
    return this.entriesOnDisk().map(({ parentPath, name }) => statSync(join(parentPath, name)).size);
  }

  /** Keys that rows of files point at. */
  async keysInUse(): Promise<string[]> {
    const { rows } = await statement<{ key: string }>(
      this.database.database.pool,
      `SELECT blob_key AS key FROM stored_objects ORDER BY 1`,
    );
    return rows.map(({ key }) => key);
  }

  async blobStates(): Promise<string[]> {
    const { rows } = await statement<{ state: string }>(
      this.database.database.pool,
      `SELECT state FROM stored_blobs ORDER BY 1`,
    );
    return rows.map(({ state }) => state);
  }

  /** What an owner's files are charged. */
  async usage(owner: string): Promise<number> {
    return (await this.countsOf(owner))?.bytes ?? 0;
  }

  /** What of an owner's waits for the sweeper. */
  async released(owner: string): Promise<number> {
    return (await this.countsOf(owner))?.released ?? 0;
  }

  /** Null where there is no row. */
  async countsOf(owner: string): Promise<{ bytes: number; released: number } | null> {
    const { rows } = await statement<{ bytes: number; released: number }>(
      this.database.database.pool,
      `SELECT bytes::float8 AS bytes, released::float8 AS released FROM storage_usage WHERE owner_id = $1`,
      [owner],
    );
    return rows[0] ?? null;
  }

  async anAccount(): Promise<string> {
    const id = newId();
    await statement(
      this.database.database.pool,
      `INSERT INTO users (id, email, email_canonical, created_at, updated_at) VALUES ($1, $2, $2, $3, $3)`,
      [id, `${id}@example.org`, this.clock.now()],
    );
    return id;
  }

  async deleteAccount(id: string): Promise<void> {
    await statement(this.database.database.pool, `DELETE FROM users WHERE id = $1`, [id]);
  }

  private entriesOnDisk(): Dirent[] {
    return readdirSync(join(this.dataDir, 'blobs'), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
  }
}
