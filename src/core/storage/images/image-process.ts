import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { AppError } from '../../../kernel/errors/app-error';
import type { ImageLimits, Rendering } from './rendering';

const PROGRAM = join(__dirname, 'image-program.js');

/** A picture to make: from one file to another. */
export interface ImageTask {
  readonly source: string;
  readonly target: string;
  readonly rendering: Rendering;
  readonly limits: ImageLimits;
}

interface Reply {
  /** Null when it is done. */
  readonly fault: string | null;
  /** It holds memory that the next picture may need. */
  readonly isSpent: boolean;
}

interface Running {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** One child process, one task at a time. Once it has ended it stays ended; its owner makes another. */
export class ImageProcess {
  private readonly child: ChildProcess;
  private running: Running | undefined;
  private ended: Error | undefined;
  private isTaken = false;
  private idleTimer: NodeJS.Timeout | undefined;

  constructor(private readonly idleMilliseconds: number) {
    // with nothing of our environment, where passwords are
    this.child = fork(PROGRAM, [], { cwd: '/', env: {}, execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    this.child.on('message', ({ fault, isSpent }: Reply) => {
      this.settle(fault === null ? undefined : new Error(fault));
      if (isSpent) this.kill();
    });
    this.child.on('error', (error) => {
      this.end(error);
    });
    this.child.on('exit', (code, signal) => {
      this.end(new Error(`The image process ended with ${String(signal ?? code)}.`));
    });
    this.rest();
  }

  get isIdle(): boolean {
    return !this.ended && !this.isTaken;
  }

  get hasEnded(): boolean {
    return this.ended !== undefined;
  }

  /**
   * @param prepare gets the task ready while the process is already held for it
   * @param milliseconds after which the process is killed with the task in its hands
   * @throws AppError `unavailable` where it ended before the task was ready; an Error that says how it ended, or what is
   *   wrong with the picture
   */
  async run(prepare: () => Promise<ImageTask>, milliseconds: number): Promise<void> {
    this.isTaken = true;
    clearTimeout(this.idleTimer);
    try {
      await this.perform(await prepare(), milliseconds);
    } finally {
      this.isTaken = false;
      this.rest();
    }
  }

  kill(): void {
    this.child.kill('SIGKILL');
    this.end(new Error('The image process was killed.'));
  }

  private perform(task: ImageTask, milliseconds: number): Promise<void> {
    // it never saw the picture, whose fault it cannot be
    if (this.ended) throw new AppError('unavailable', { retryAfterSeconds: 1, cause: this.ended });
    this.child.ref();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.kill();
      }, milliseconds);
      this.running = { resolve, reject, timer };
      this.child.send(task, (error) => {
        if (error) this.end(error);
      });
    });
  }

  private settle(error?: Error): void {
    const running = this.running;
    this.running = undefined;
    if (!running) return;
    clearTimeout(running.timer);
    if (error) running.reject(error);
    else running.resolve();
  }

  /** An idle process keeps no command line tool alive, and goes by itself. */
  private rest(): void {
    if (this.ended) return;
    this.child.unref();
    this.child.channel?.unref();
    this.idleTimer = setTimeout(() => {
      this.kill();
    }, this.idleMilliseconds).unref();
  }

  private end(error: Error): void {
    this.ended ??= error;
    this.settle(error);
    clearTimeout(this.idleTimer);
  }
}
