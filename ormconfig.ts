import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { readEnvironment } from './src/config/read-environment';
import { dataSourceOptions } from './src/database/data-source';
import { clusterFolder } from './src/database/database-connection';
import { EmbeddedPostgres } from './src/database/embedded/embedded-postgres';
import { entities } from './src/entities';

/** The data source for the TypeORM command line tool. An embedded server stops again when the tool ends. */
async function commandLineDataSource(): Promise<DataSource> {
  const settings = readEnvironment();
  const url = settings.databaseUrl === '' ? (await EmbeddedPostgres.start(clusterFolder(settings))).url : settings.databaseUrl;
  const options = dataSourceOptions({ url, entities, poolSize: 2, applicationName: 'latchkey typeorm' });
  return new DataSource({ ...options, migrationsTransactionMode: 'each' });
}

export default commandLineDataSource();
