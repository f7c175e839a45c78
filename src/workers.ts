import cluster from 'node:cluster';
import type { Settings } from './config/settings';
import { DatabaseConnection } from './database/database-connection';

const RESTART_DELAY_MS = 1000;

/**
 * Several processes on one port. The first one serves nothing: it keeps the database (and the embedded server) and
 * replaces workers that die.
 */
export async function superviseWorkers(settings: Settings): Promise<void> {
  const database = await DatabaseConnection.open(settings, []);
  let isStopping = false;
  cluster.on('exit', () => {
    if (!isStopping) setTimeout(() => cluster.fork(), RESTART_DELAY_MS);
  });
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    void stopWorkers()
      .then(() => database.onApplicationShutdown())
      .then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  for (let index = 0; index < settings.workers; index += 1) cluster.fork();
  process.stdout.write(
    `Latchkey listens on http://${settings.host}:${settings.port} with ${settings.workers} processes\n`,
  );
}

async function stopWorkers(): Promise<void> {
  const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
  await Promise.all(
    workers.map(
      (worker) =>
        new Promise<void>((resolve) => {
          worker.once('exit', () => {
            resolve();
          });
          worker.process.kill('SIGTERM');
        }),
    ),
  );
}
