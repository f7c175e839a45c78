import 'reflect-metadata';
import cluster from 'node:cluster';
import { createApp } from './app.factory';
import { readEnvironment } from './config/read-environment';
import { SettingsError, type Settings } from './config/settings';
import { StorageRulesError } from './core/storage/rules/storage-rules.error';
import { EmbeddedPostgresError } from './database/embedded/embedded-postgres.error';
import { drainOnSignal } from './drain';
import { MasterKeyError } from './platform/keys/master-key.error';
import { handReloadOn, listenForReload } from './reload';
import { superviseWorkers } from './workers';

async function main(): Promise<void> {
  const settings = readEnvironment();
  if (cluster.isPrimary && settings.workers > 1) {
    handReloadOn();
    await superviseWorkers(settings);
    announce(settings, addressOf(settings));
    return;
  }
  const reloadFor = listenForReload();
  const app = await createApp(settings);
  reloadFor(app);
  drainOnSignal(app);
  await app.listen(settings.port, settings.host);
  if (cluster.isPrimary) announce(settings, await app.getUrl());
}

function addressOf({ host, port }: Settings): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Tells whoever started it where things are. */
function announce(settings: Settings, url: string): void {
  const workers = settings.workers > 1 ? ` with ${settings.workers} processes` : '';
  const lines = [`Latchkey is at ${settings.publicUrl} (it listens on ${url}${workers})`];
  if (settings.databaseUrl === '') lines.push(`Its data is in ${settings.dataDir}`);
  if (settings.smtpUrl === '') lines.push(`Mails are shown at ${settings.publicUrl}/dev/mailbox`);
  process.stdout.write(`${lines.join('\n')}\n`);
}

main().catch((error: unknown) => {
  // what an operator can mend is told in words, everything else with its stack
  const isForOperator = [SettingsError, EmbeddedPostgresError, MasterKeyError, StorageRulesError].some(
    (kind) => error instanceof kind,
  );
  const text = error instanceof Error ? (isForOperator ? error.message : error.stack) : String(error);
  process.stderr.write(`Latchkey did not start. ${text ?? ''}\n`);
  process.exit(1);
});
