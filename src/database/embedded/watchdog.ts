import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { SUPERUSER } from './cluster';
import { KEEPER_DATABASE, USE_LOCK } from './keeper';
import { PROGRAM_ENVIRONMENT } from './run-program';

const PROGRAM = join(__dirname, 'watchdog-program.js');
const RESPAWN_MS = 500;
const FORCE_AFTER_MS = 70_000;

/** The small process that stops the server when this one has ended, in whatever way, and nobody else uses it. */
export class Watchdog {
  private process: ChildProcess | null = null;
  private isLeaving = false;

  constructor(
    private readonly dataFolder: string,
    private readonly socketFolder: string,
  ) {
    this.spawn();
  }

  /**
   * Stops the server unless another process uses it, and waits until that is done. Release the keeper first.
   *
   * @param isRunning the server answered a moment ago, so that no waiting for it is needed
   */
  async leave(isRunning: boolean): Promise<void> {
    this.isLeaving = true;
    const child = this.process ?? this.spawn();
    child.ref();
    const gone = once(child, 'exit');
    child.stdin?.end(isRunning ? 'released\n' : '');
    const timer = setTimeout(() => child.kill('SIGKILL'), FORCE_AFTER_MS);
    await gone;
    clearTimeout(timer);
  }

  private spawn(): ChildProcess {
    const { dataFolder, socketFolder } = this;
    const input = { dataFolder, socketFolder, database: KEEPER_DATABASE, user: SUPERUSER, useLock: USE_LOCK };
    const child = spawn(process.execPath, [PROGRAM, JSON.stringify(input)], {
      cwd: '/',
      env: PROGRAM_ENVIRONMENT,
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.unref();
    // a pipe to a child is a socket, which must not keep this process alive either
    (child.stdin as unknown as { unref(): void }).unref();
    // a broken pipe is told by 'exit'
    child.stdin.on('error', () => undefined);
    child.once('exit', () => this.respawn());
    this.process = child;
    return child;
  }

  /** Somebody killed it: without one, our own death would leave the server behind. */
  private respawn(): void {
    this.process = null;
    if (this.isLeaving) return;
    setTimeout(() => {
      if (!this.isLeaving && this.process === null) this.spawn();
    }, RESPAWN_MS).unref();
  }
}
