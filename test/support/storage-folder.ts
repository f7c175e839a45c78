import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { DiskBlobs } from '../../src/core/storage/blobs/disk-blobs.service';
import { BlobLeases } from '../../src/core/storage/objects/blob-leases.repository';
import { StorageSweeper } from '../../src/core/storage/objects/storage-sweeper.service';
import { dataSourceOptions } from '../../src/database/data-source';
import { Database } from '../../src/database/database.service';
import { SERVICE_NAME, socketUrl } from '../../src/database/embedded/keeper';
import { socketFolderOf } from '../../src/database/embedded/socket-folder';
import { entities } from '../../src/entities';
import { DataFolder } from './data-folder';
import type { ServiceOptions, ServiceProcess } from './service-process';
import { TestClock } from './test-clock';

const RULES = 'paths:\n  /open/:name:\n    read: true\n    write: true\n';

/** A data folder whose service lets anybody read and write under `/storage/open/`. */
export class StorageFolder extends DataFolder {
  override start(options: Omit<ServiceOptions, 'dataDir'> = {}): Promise<ServiceProcess> {
    const rules = join(this.path, 'rules.yaml');
    writeFileSync(rules, RULES);
    return super.start({ ...options, environment: { STORAGE_RULES: rules, ...options.environment } });
  }

  /** Sweeps as the service would in the days to come; only while it runs. */
  async sweepAll(): Promise<void> {
    const url = socketUrl(socketFolderOf(join(this.path, 'postgres')), SERVICE_NAME, SERVICE_NAME);
    const dataSource = await new DataSource(dataSourceOptions({ url, entities, poolSize: 2 })).initialize();
    try {
      const clock = new TestClock(new Date());
      const leases = new BlobLeases(new Database(dataSource), clock);
      const sweeper = new StorageSweeper(new DiskBlobs(join(this.path, 'blobs')), leases);
      for (let day = 0; day < 3; day += 1) {
        await sweeper.sweep();
        clock.advanceSeconds(86_400);
      }
    } finally {
      await dataSource.destroy();
    }
  }

  /** Names of all files that the store has, whole or not. */
  storedFiles(): string[] {
    return readdirSync(join(this.path, 'blobs'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort();
  }
}
