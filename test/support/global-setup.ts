import 'reflect-metadata';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '../../src/database/embedded/embedded-postgres';
import { migrate } from '../../src/database/migrate';
import { onServer, randomDatabaseName, SERVER_VARIABLE, TEMPLATE_VARIABLE, withDatabase } from './test-server';

export interface SuiteServer {
  readonly folder: string;
  readonly server: EmbeddedPostgres;
}

declare global {
  var suiteServer: SuiteServer | undefined;
}

/** One server for the whole run, TEST_DATABASE_URL or our own, with one migrated database that tests copy. */
export default async function globalSetup(): Promise<void> {
  let url = process.env['TEST_DATABASE_URL'] ?? '';
  if (url === '') {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'));
    const server = await EmbeddedPostgres.start(join(folder, 'postgres'));
    globalThis.suiteServer = { folder, server };
    url = server.superuserUrl;
  }
  const template = randomDatabaseName('latchkey_template');
  await onServer(url, `CREATE DATABASE ${template}`);
  await migrate(withDatabase(url, template));
  process.env[SERVER_VARIABLE] = url;
  process.env[TEMPLATE_VARIABLE] = template;
}
