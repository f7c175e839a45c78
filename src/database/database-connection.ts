import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import type { Settings } from '../config/settings';
import { dataSourceOptions, reservedDataSourceOptions, type EntityClass } from './data-source';
import { EmbeddedPostgres } from './embedded/embedded-postgres';
import { migrate } from './migrate';

const logger = new Logger('Database');

/** The cluster's folder under DATA_DIR. */
export function clusterFolder(settings: Settings): string {
  return join(settings.dataDir, 'postgres');
}

/** The pools, up to date and ready, and the server under it when that is ours. */
export class DatabaseConnection implements OnApplicationShutdown {
  private constructor(
    readonly dataSource: DataSource,
    /** Behind `Database.reserved`. */
    readonly reserved: DataSource,
    private readonly embedded: EmbeddedPostgres | null,
  ) {}

  /**
   * Starts the embedded server where DATABASE_URL is empty, runs the migrations that are missing, opens the pools.
   *
   * @throws EmbeddedPostgresError where that server cannot run
   */
  static async open(settings: Settings, entities: readonly EntityClass[]): Promise<DatabaseConnection> {
    const isEmbedded = settings.databaseUrl === '';
    const embedded = isEmbedded
      ? await EmbeddedPostgres.start(clusterFolder(settings), (line) => logger.warn(line))
      : null;
    const url = embedded?.url ?? settings.databaseUrl;
    try {
      const ran = await migrate(url);
      if (ran.length > 0) logger.log(`Migrated the database: ${ran.join(', ')}`);
      const options = dataSourceOptions({ url, entities, poolSize: settings.databasePool });
      const dataSource = await new DataSource(options).initialize();
      try {
        const reserved = await new DataSource(reservedDataSourceOptions(url)).initialize();
        return new DatabaseConnection(dataSource, reserved, embedded);
      } catch (error) {
        await dataSource.destroy();
        throw error;
      }
    } catch (error) {
      await embedded?.stop();
      throw error;
    }
  }

  /** The last hook there is: everything else has let go of its connections by now. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.dataSource.destroy(), this.reserved.destroy()]);
    await this.embedded?.stop();
  }
}
