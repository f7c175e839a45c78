import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findBinaries } from './binaries';
import { chooseAccount } from './choose-account';
import { clusterMajor, createCluster, SUPERUSER } from './cluster';
import { EmbeddedPostgresError } from './embedded-postgres.error';
import { isAbsent, isNotReady, Keeper, KEEPER_DATABASE, SERVICE_NAME, socketUrl } from './keeper';
import { launchPostmaster, type PostmasterInput } from './postmaster';
import { boundServerLog, tailOfServerLog } from './server-log';
import { secureSocketFolder, socketFolderOf } from './socket-folder';
import { Watchdog } from './watchdog';

const POLL_MS = 50;
/** The children of a killed server need a moment to go before another may start. */
const RELAUNCH_MS = 250;
const MOST_LAUNCHES = 40;
const START_TIMEOUT_MS = 120_000;
const LOG_CHECK_MS = 600_000;

/**
 * A PostgreSQL server of our own on one data folder, shared by all processes that use that folder and reached by Unix
 * socket only. Whoever comes first starts it; it is started again when it dies; it stops with the last process.
 */
export class EmbeddedPostgres {
  private readonly input: PostmasterInput;
  private postmaster: ChildProcess | null = null;
  private keeper: Keeper | null = null;
  private recovery: Promise<void> | null = null;
  private isStopping = false;
  private readonly watchdog: Watchdog;
  private readonly logTimer: NodeJS.Timeout;

  private constructor(
    input: PostmasterInput,
    private readonly log: (line: string) => void,
  ) {
    this.input = input;
    this.watchdog = new Watchdog(input.dataFolder, input.socketFolder);
    this.logTimer = setInterval(() => boundServerLog(input.dataFolder), LOG_CHECK_MS).unref();
  }

  /**
   * Makes the cluster where there is none, starts its server where none runs, and makes the service's database.
   *
   * @param folder where the cluster is, or comes to be
   * @param log told when the server went away later
   * @throws EmbeddedPostgresError saying why it cannot run here
   */
  static async start(folder: string, log: (line: string) => void = () => undefined): Promise<EmbeddedPostgres> {
    const server = new EmbeddedPostgres(await prepare(folder), log);
    try {
      await server.acquire();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** The service's own database, as an account that owns that and nothing else. */
  get url(): string {
    return socketUrl(this.input.socketFolder, SERVICE_NAME, SERVICE_NAME);
  }

  /** For tests, which make databases. */
  get superuserUrl(): string {
    return socketUrl(this.input.socketFolder, KEEPER_DATABASE, SUPERUSER);
  }

  /** Leaves the server, which stops unless another process uses it. Returns when it has. */
  async stop(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.logTimer);
    await this.recovery;
    const isRunning = this.keeper !== null;
    await this.keeper?.release();
    this.keeper = null;
    await this.watchdog.leave(isRunning);
  }

  /** From the top as often as it takes: the server may be started, stopped or killed by others at any point. */
  private async acquire(): Promise<void> {
    const started = performance.now();
    for (let launches = 0; !this.isStopping;) {
      try {
        this.keeper = await Keeper.open(this.input.socketFolder, () => this.recover());
        return;
      } catch (error) {
        if (!isNotReady(error)) throw error;
        if (launches >= MOST_LAUNCHES || performance.now() - started > START_TIMEOUT_MS) throw this.explain(error);
        if (isAbsent(error) && this.postmaster === null) {
          this.launch();
          launches += 1;
          if (launches > 1) await delay(RELAUNCH_MS);
        }
        await delay(POLL_MS);
      }
    }
  }

  private explain(cause: unknown): EmbeddedPostgresError {
    const lastLines = tailOfServerLog(this.input.dataFolder);
    return new EmbeddedPostgresError(`its server does not start:\n${lastLines}\n`, { cause });
  }

  private launch(): void {
    const child = launchPostmaster(this.input);
    child.once('error', () => (this.postmaster = null));
    child.once('exit', () => (this.postmaster = null));
    this.postmaster = child;
  }

  /** The server died or was stopped by hand. The pool's own connections find the new one at the same place. */
  private recover(): void {
    this.keeper = null;
    if (this.isStopping) return;
    this.log('The embedded PostgreSQL went away; starting it again.');
    this.recovery = this.acquireUntilStopped();
  }

  private async acquireUntilStopped(): Promise<void> {
    while (!this.isStopping && this.keeper === null) {
      try {
        await this.acquire();
      } catch (error) {
        this.log(String(error));
        await delay(RELAUNCH_MS);
      }
    }
  }
}

async function prepare(folder: string): Promise<PostmasterInput> {
  if (process.platform === 'win32') {
    throw new EmbeddedPostgresError('it is reached by Unix socket, which Node cannot open on Windows.');
  }
  try {
    return await prepareCluster(resolve(folder));
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw new EmbeddedPostgresError(`its data folder ${folder} cannot be written here.`, { cause: error });
  }
}

async function prepareCluster(folder: string): Promise<PostmasterInput> {
  makeDataFolder(dirname(folder));
  // one folder, one name: the socket's place follows from it
  const dataFolder = join(realpathSync(dirname(folder)), basename(folder));
  const { folder: binFolder } = await findBinaries(clusterMajor(dataFolder));
  const account = await chooseAccount(binFolder, dataFolder);
  await createCluster(dataFolder, binFolder, account);
  boundServerLog(dataFolder);
  const socketFolder = socketFolderOf(dataFolder);
  if (socketFolder !== dataFolder) await secureSocketFolder(socketFolder, account);
  return { binFolder, dataFolder, socketFolder, account };
}

/** Holds keys beside the cluster. The folders above it, should they be missing too, are not ours to close. */
function makeDataFolder(folder: string): void {
  mkdirSync(dirname(folder), { recursive: true });
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 });
}
