import { availableParallelism } from 'node:os';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { AppError } from '../../kernel/errors/app-error';
import type { HashGrade } from './hash-grade';
import { HashQueue } from './hash-queue';
import { HashThread, type HashTask } from './hash-thread';

/** What may wait for each thread: about five seconds of work at bcrypt's cost 10. */
const WAITING_PER_THREAD = 100;
const RETRY_AFTER_SECONDS = 5;

interface Ticket {
  readonly task: HashTask;
  readonly resolve: (hash: string) => void;
  readonly reject: (error: unknown) => void;
}

/** Threads for password hashing, as many as cores, at the lowest priority, behind a bounded and fair queue. */
@Injectable()
export class HashPool implements OnApplicationShutdown {
  private readonly logger = new Logger(HashPool.name);
  private readonly size = availableParallelism();
  private readonly queue = new HashQueue<Ticket>(this.size * WAITING_PER_THREAD);
  private threads: HashThread[] = [];
  private isClosed = false;

  /** Hashes that wait for a thread. */
  get depth(): number {
    return this.queue.size;
  }

  /**
   * Computes one bcrypt hash when its turn comes.
   *
   * @throws AppError `busy` when there is no room to wait, or somebody with more right to it took the place
   * @throws AppError `unavailable` while shutting down
   */
  run(task: HashTask, grade: HashGrade): Promise<string> {
    if (this.isClosed) return Promise.reject(new AppError('unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS }));
    return new Promise((resolve, reject) => {
      const admission = this.queue.offer({ task, resolve, reject }, grade);
      if (!admission.isAdmitted) {
        reject(busy());
        return;
      }
      admission.pushedOut?.reject(busy());
      this.dispatch();
    });
  }

  /** Ends the threads. Runs after the last request is answered; what still waits is refused. */
  async onApplicationShutdown(): Promise<void> {
    this.isClosed = true;
    for (let left = this.queue.take(); left; left = this.queue.take()) {
      left.reject(new AppError('unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS }));
    }
    await Promise.all(this.threads.map((thread) => thread.terminate()));
  }

  private dispatch(): void {
    for (;;) {
      const thread = this.queue.size > 0 ? this.findIdleThread() : undefined;
      const ticket = thread && this.queue.take();
      if (!ticket) return;
      void this.work(thread, ticket);
    }
  }

  private findIdleThread(): HashThread | undefined {
    this.threads = this.threads.filter((thread) => !thread.hasEnded);
    const idle = this.threads.find((thread) => thread.isIdle);
    if (idle || this.isClosed || this.threads.length >= this.size) return idle;
    const started = new HashThread();
    this.threads.push(started);
    return started;
  }

  private async work(thread: HashThread, ticket: Ticket): Promise<void> {
    try {
      ticket.resolve(await thread.run(ticket.task));
    } catch (error) {
      if (thread.hasEnded && !this.isClosed) this.logger.error({ err: error }, 'a hash thread ended and is replaced');
      ticket.reject(error);
    }
    this.dispatch();
  }
}

function busy(): AppError {
  return new AppError('busy', { retryAfterSeconds: RETRY_AFTER_SECONDS });
}
