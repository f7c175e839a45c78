import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import cluster from 'node:cluster';
import { StorageRules } from './core/storage/rules/storage-rules.service';

const RELOAD = 'reload';

/**
 * On SIGHUP what can change while we run is read again: the storage rules. To be called before anything else, since
 * the signal ends a process that does not listen; what is returned takes the application once it is made.
 */
export function listenForReload(): (app: NestFastifyApplication) => void {
  let rules: StorageRules | null = null;
  let isAskedFor = false;
  const reload = () => {
    if (rules) rules.reload();
    else isAskedFor = true;
  };
  process.on('SIGHUP', reload);
  if (cluster.isWorker) {
    process.on('message', (message) => {
      if (message === RELOAD) reload();
    });
  }
  return (app) => {
    rules = app.get(StorageRules, { strict: false });
    // it may have come after the file was read and before this line
    if (isAskedFor) reload();
  };
}

/** In the first of several processes: hands SIGHUP on. By message: a worker that only just starts would die of a signal. */
export function handReloadOn(): void {
  process.on('SIGHUP', () => {
    for (const worker of Object.values(cluster.workers ?? {})) if (worker?.isConnected()) worker.send(RELOAD);
  });
}
