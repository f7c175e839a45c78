import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** One bcrypt computation. */
export interface HashTask {
  /** At most 72 bytes count: callers hash longer secrets down first. */
  readonly data: string;
  /** Version, cost and salt, as bcrypt writes them (`$2b$10$…`, 29 characters). A whole hash may stand here too. */
  readonly salt: string;
}

interface Running {
  readonly resolve: (hash: string) => void;
  readonly reject: (error: Error) => void;
}

type Reply = { readonly hash: string } | { readonly fault: string };

/** One worker thread, one task at a time. Once it has ended it stays ended; its owner makes another. */
export class HashThread {
  private readonly worker = new Worker(join(__dirname, 'hash-worker.js'));
  private running: Running | undefined;
  private ended = false;

  constructor() {
    this.worker.on('message', (reply: Reply) => {
      this.settle(reply);
    });
    this.worker.on('error', (error) => {
      this.end(error);
    });
    this.worker.on('exit', (code) => {
      this.end(new Error(`The hash thread ended with code ${code}.`));
    });
    // an idle thread keeps no command line tool alive
    this.worker.unref();
  }

  get isIdle(): boolean {
    return !this.ended && this.running === undefined;
  }

  get hasEnded(): boolean {
    return this.ended;
  }

  run(task: HashTask): Promise<string> {
    this.worker.ref();
    return new Promise((resolve, reject) => {
      this.running = { resolve, reject };
      this.worker.postMessage(task);
    });
  }

  async terminate(): Promise<void> {
    await this.worker.terminate();
  }

  private settle(reply: Reply): void {
    const running = this.running;
    this.running = undefined;
    this.worker.unref();
    if ('hash' in reply) running?.resolve(reply.hash);
    else running?.reject(new Error(reply.fault));
  }

  private end(error: Error): void {
    this.ended = true;
    this.running?.reject(error);
    this.running = undefined;
  }
}
