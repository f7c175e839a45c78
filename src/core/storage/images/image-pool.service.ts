import { availableParallelism } from 'node:os';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Settings } from '../../../config/settings';
import { AppError } from '../../../kernel/errors/app-error';
import { FairQueue, type Turn } from './fair-queue';
import { ImageProcess, type ImageTask } from './image-process';

/** What may wait for each process: some ten seconds of usual pictures. */
const WAITING_PER_PROCESS = 32;
/** Of one caller: what a page of his shows at once. */
const WAITING_PER_CALLER = 8;
const RETRY_AFTER_SECONDS = 5;
const LONGEST_TASK_MS = 20_000;
const IDLE_MS = 30_000;

interface Waiting {
  readonly prepare: () => Promise<ImageTask>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** An image that is waited for. */
export interface ImageOrder {
  readonly done: Promise<void>;
  /** Another waits for it as well. */
  readonly join: (caller: string) => void;
  /** Nobody waits any more. False when it is at work, or done: that goes on. */
  readonly cancel: () => boolean;
}

/**
 * Processes that make images: half of the cores at most, at the lowest priority, behind a bounded queue. Who has had the
 * least of their time lately is next, and where there are several, one is left to others.
 */
@Injectable()
export class ImagePool implements OnApplicationShutdown {
  private readonly size: number;
  private readonly queue: FairQueue<Waiting>;
  private processes: ImageProcess[] = [];
  private isClosed = false;

  constructor(settings: Settings) {
    // processes that share the port share the half as well
    this.size = Math.max(1, Math.floor(availableParallelism() / 2 / settings.workers));
    const limits = {
      most: this.size * WAITING_PER_PROCESS,
      mostPerLane: this.size * WAITING_PER_CALLER,
      mostUnderWay: Math.max(1, this.size - 1),
    };
    const now = () => performance.now();
    this.queue = new FairQueue(limits, now, ({ reject }) => {
      reject(tooMany());
    });
  }

  /**
   * Makes one image when its turn comes.
   *
   * @param caller whose turn it takes: the account, or the network of a stranger
   * @param prepare gets the source ready; not before its turn, so that what waits takes up no room. Errors with a code of
   *   ours are handed on
   * @returns what is refused with AppError `unprocessable-image` when the source cannot be read, is too large, or takes
   *   too long; `busy` when its place went to somebody who has had less; `unavailable` while shutting down, or where a
   *   process could not be started
   * @throws AppError `busy` when there is no room to wait, `unavailable`
   */
  order(caller: string, prepare: () => Promise<ImageTask>): ImageOrder {
    if (this.isClosed) throw new AppError('unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS });
    const waiting: Waiting = { prepare, resolve: () => undefined, reject: () => undefined };
    if (!this.queue.add(caller, waiting)) throw tooMany();
    const done = new Promise<void>((resolve, reject) => {
      Object.assign(waiting, { resolve, reject });
    });
    this.dispatch();
    return {
      done,
      join: (other) => {
        this.queue.join(other, waiting);
      },
      cancel: () => this.queue.remove(waiting),
    };
  }

  onApplicationShutdown(): void {
    this.isClosed = true;
    for (const { reject } of this.queue.clear()) reject(new AppError('unavailable'));
    for (const process of this.processes) process.kill();
  }

  private dispatch(): void {
    while (this.hasFreeProcess()) {
      const turn = this.queue.take();
      if (!turn) return;
      void this.run(turn);
    }
  }

  private async run(turn: Turn<Waiting>): Promise<void> {
    const { prepare, resolve, reject } = turn.item;
    try {
      // starting one may throw as well, and the turn must come back
      await this.freeProcess().run(prepare, LONGEST_TASK_MS);
      resolve();
    } catch (error) {
      reject(this.refusalFor(error));
    }
    turn.end();
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

  private hasFreeProcess(): boolean {
    this.processes = this.processes.filter(({ hasEnded }) => !hasEnded);
    return this.processes.length < this.size || this.processes.some(({ isIdle }) => isIdle);
  }

  private freeProcess(): ImageProcess {
    const idle = this.processes.find(({ isIdle }) => isIdle);
    if (idle) return idle;
    const process = new ImageProcess(IDLE_MS);
    this.processes.push(process);
    return process;
  }
}

function tooMany(): AppError {
  return new AppError('busy', { retryAfterSeconds: RETRY_AFTER_SECONDS });
}
