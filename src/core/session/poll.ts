import { Logger } from '@nestjs/common';

const EVERY_MILLISECONDS = 1000;
const GIVE_UP_MILLISECONDS = 3000;

/**
 * Reads something again each second, and at once when woken; one read at a time. A read that hangs is given up and its
 * late result is not applied, so that a dead connection cannot stop the reading or bring back an older state.
 */
export class Poll<T> {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private queued: Promise<void> | undefined;
  private goodReadBeganAt = Number.NEGATIVE_INFINITY;
  private isFailing = false;
  private isStopped = false;
  private readonly logger = new Logger(Poll.name);

  constructor(
    private readonly subject: string,
    private readonly read: () => Promise<T>,
    private readonly apply: (result: T) => void,
  ) {}

  /** Makes the first read, and goes on each second. Rejects when the first read fails. */
  async start(): Promise<void> {
    await this.readNow();
    this.timer = setInterval(() => {
      this.wake();
    }, EVERY_MILLISECONDS);
    this.timer.unref();
  }

  /** Stops and waits for the read under way. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    await Promise.allSettled([this.running, this.queued]);
  }

  /** Reads soon. A failure is logged, once until a read succeeds again. */
  wake(): void {
    if (this.isStopped) return;
    this.readNow().then(
      () => {
        if (this.isFailing) this.logger.log(`${this.subject} can be read again`);
        this.isFailing = false;
      },
      (error: unknown) => {
        if (!this.isFailing) this.logger.error({ err: error }, `${this.subject} cannot be read`);
        this.isFailing = true;
      },
    );
  }

  /** Resolves after a read that began after this call: one already under way may have looked too early. */
  readNow(): Promise<void> {
    if (!this.running) {
      this.running = this.once().finally(() => {
        this.running = undefined;
      });
      return this.running;
    }
    this.queued ??= this.running
      .catch(() => undefined) // whoever asked for that read is told; this one only comes after it
      .then(() => {
        this.queued = undefined;
        return this.readNow();
      });
    return this.queued;
  }

  /** Since the last good read began, by the machine's own clock: setting the time must not make it look fresh. */
  get ageMilliseconds(): number {
    return performance.now() - this.goodReadBeganAt;
  }

  private async once(): Promise<void> {
    const beganAt = performance.now();
    let timeout: NodeJS.Timeout | undefined;
    const givenUp = new Promise<never>((_, reject) => {
      timeout = setTimeout(() => {
        reject(new Error(`reading ${this.subject} took longer than ${GIVE_UP_MILLISECONDS} ms`));
      }, GIVE_UP_MILLISECONDS);
    });
    try {
      const result = await Promise.race([this.read(), givenUp]);
      this.apply(result);
      this.goodReadBeganAt = beganAt;
    } finally {
      clearTimeout(timeout);
    }
  }
}
