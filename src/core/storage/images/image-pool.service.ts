import { availableParallelism } from 'node:os';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Settings } from '../../../config/settings';
import { AppError } from '../../../kernel/errors/app-error';
import { ImageProcess, type ImageTask } from './image-process';

/** What may wait for each process: some ten seconds of usual pictures. */
const WAITING_PER_PROCESS = 32;
const RETRY_AFTER_SECONDS = 5;
const LONGEST_TASK_MS = 20_000;
const IDLE_MS = 30_000;

interface Waiting {
  readonly prepare: () => Promise<ImageTask>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Processes that make images: half of the cores at most, at the lowest priority, behind a bounded queue. */
@Injectable()
export class ImagePool implements OnApplicationShutdown {
  private readonly size: number;
  private readonly queue: Waiting[] = [];
  private processes: ImageProcess[] = [];
  private isClosed = false;

  constructor(settings: Settings) {
    // processes that share the port share the half as well
    this.size = Math.max(1, Math.floor(availableParallelism() / 2 / settings.workers));
  }

  /**
   * Makes one image when its turn comes.
   *
   * @param prepare gets the source ready; not before its turn, so that what waits takes up no room. Errors with a code of
   *   ours are handed on
   * @throws AppError `busy` when there is no room to wait; `unprocessable-image` when the source cannot be read, is too
   *   large, or takes too long; `unavailable` while shutting down
   */
  run(prepare: () => Promise<ImageTask>): Promise<void> {
    if (this.isClosed) return Promise.reject(new AppError('unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS }));
    if (this.queue.length >= this.size * WAITING_PER_PROCESS) {
      return Promise.reject(new AppError('busy', { retryAfterSeconds: RETRY_AFTER_SECONDS }));
    }
    return new Promise((resolve, reject) => {
      this.queue.push({ prepare, resolve, reject });
      this.dispatch();
    });
  }

  onApplicationShutdown(): void {
    this.isClosed = true;
    for (const { reject } of this.queue.splice(0)) reject(new AppError('unavailable'));
    for (const process of this.processes) process.kill();
  }

  private dispatch(): void {
    while (this.queue.length > 0) {
      const process = this.idleProcess();
      const next = process && this.queue.shift();
      if (!next) return;
      void this.runOn(process, next);
    }
  }

  private async runOn(process: ImageProcess, { prepare, resolve, reject }: Waiting): Promise<void> {
    try {
      await process.run(prepare, LONGEST_TASK_MS);
      resolve();
    } catch (error) {
      reject(this.refusalFor(error));
    }
    this.dispatch();
  }

  /** A process that could not be started, and a disk that is full, are no fault of the picture. */
  private refusalFor(error: unknown): AppError {
    if (error instanceof AppError) return error;
    const isOurs =
      this.isClosed || (error as NodeJS.ErrnoException).code !== undefined || /No space/.test(String(error));
    if (isOurs) return new AppError('unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause: error });
    return new AppError('unprocessable-image', { cause: error });
  }

  private idleProcess(): ImageProcess | undefined {
    this.processes = this.processes.filter(({ hasEnded }) => !hasEnded);
    const idle = this.processes.find(({ isIdle }) => isIdle);
    if (idle || this.processes.length >= this.size) return idle;
    const process = new ImageProcess(IDLE_MS);
    this.processes.push(process);
    return process;
  }
}
