import { ConsoleLogger, Logger, type LogLevel } from '@nestjs/common';
import cluster, { type Worker } from 'node:cluster';
import type { Settings } from './config/settings';
import { DatabaseConnection } from './database/database-connection';

const RESTART_DELAY_MS = 1000;
/** Longer than a worker drains: one that is still there then hangs. */
const PATIENCE_MS = 40_000;

/** The first process is no application of Nest's and has no pino: what little it logs are lines of JSON all the same. */
const LEVELS: Readonly<Record<Settings['logLevel'], LogLevel[]>> = {
  trace: ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'],
  debug: ['debug', 'log', 'warn', 'error', 'fatal'],
  info: ['log', 'warn', 'error', 'fatal'],
  warn: ['warn', 'error', 'fatal'],
  error: ['error', 'fatal'],
  silent: [],
};

class EarlyEndError extends Error {}

/**
 * Several processes on one port. The first one serves nothing: it keeps the database (and the embedded server) and
 * replaces workers that die. Returns once all are listening; when one ends before, all end: what keeps it from starting
 * would keep its successors too.
 */
export async function superviseWorkers(settings: Settings): Promise<void> {
  Logger.overrideLogger(new ConsoleLogger({ json: true, colors: false, logLevels: LEVELS[settings.logLevel] }));
  const database = await DatabaseConnection.open(settings, []);
  let leaving: Promise<never> | null = null;
  const isLeaving = (): boolean => leaving !== null;
  const leave = (code: number): Promise<never> =>
    (leaving ??= stopWorkers()
      .then(() => database.onApplicationShutdown())
      .then(() => process.exit(code)));
  // The kernel hands out connections. Were we to do it, those given to a worker that has just died would hang for ever.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void leave(0));

  try {
    await Promise.all(Array.from({ length: settings.workers }, () => listening(cluster.fork())));
  } catch (error) {
    if (!(error instanceof EarlyEndError)) throw error;
    // why, it has said itself
    if (!isLeaving()) process.stderr.write('Latchkey did not start. One of its processes ended too early.\n');
    await leave(1);
  }
  const replace = () => {
    if (!isLeaving()) cluster.fork();
  };
  cluster.on('exit', () => setTimeout(replace, RESTART_DELAY_MS));
}

function listening(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('listening', () => {
      resolve();
    });
    worker.once('exit', () => {
      reject(new EarlyEndError());
    });
  });
}

async function stopWorkers(): Promise<void> {
  const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
  await Promise.all(workers.map(stopWorker));
}

async function stopWorker(worker: Worker): Promise<void> {
  const force = setTimeout(() => worker.process.kill('SIGKILL'), PATIENCE_MS);
  await new Promise((resolve) => {
    worker.once('exit', resolve);
    worker.process.kill('SIGTERM');
  });
  clearTimeout(force);
}
