import 'reflect-metadata';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { readEnvironment } from './src/config/read-environment';
import { dataSourceOptions } from './src/database/data-source';
import { clusterFolder } from './src/database/database-connection';
import { EmbeddedPostgres } from './src/database/embedded/embedded-postgres';
import { entities } from './src/entities';

/** Lets go of the embedded server too: a tool that does not end by `process.exit` would else wait for it for ever. */
class CommandLineDataSource extends DataSource {
  constructor(
    options: DataSourceOptions,
    private readonly server: EmbeddedPostgres | null,
  ) {
    super(options);
  }

  override async destroy(): Promise<void> {
    await super.destroy();
    await this.server?.stop();
  }
}

/** The data source for the TypeORM command line tool. */
async function commandLineDataSource(): Promise<DataSource> {
  const settings = readEnvironment();
  const server = settings.databaseUrl === '' ? await EmbeddedPostgres.start(clusterFolder(settings)) : null;
  const url = server?.url ?? settings.databaseUrl;
  const options = dataSourceOptions({ url, entities, poolSize: 2, applicationName: 'latchkey typeorm' });
  return new CommandLineDataSource({ ...options, migrationsTransactionMode: 'each' }, server);
}

export default commandLineDataSource();
