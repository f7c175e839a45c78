import { Injectable } from '@nestjs/common';
import { AppError } from '../../../kernel/errors/app-error';

/** As many as requests of one account are let in at once. */
const MOST_AT_ONCE = 8;
const RETRY_AFTER_SECONDS = 1;

/** How many uploads of each sender this process takes in: each has bytes on the disk that no count knows of yet. */
@Injectable()
export class UploadsAtOnce {
  private readonly counts = new Map<string, number>();

  /**
   * @param sender the account, or the network where nobody is signed in
   * @throws AppError `too-many-requests`
   */
  async run<T>(sender: string, work: () => Promise<T>): Promise<T> {
    const count = this.counts.get(sender) ?? 0;
    if (count >= MOST_AT_ONCE) throw new AppError('too-many-requests', { retryAfterSeconds: RETRY_AFTER_SECONDS });
    this.counts.set(sender, count + 1);
    try {
      return await work();
    } finally {
      const rest = (this.counts.get(sender) ?? 0) - 1;
      if (rest > 0) this.counts.set(sender, rest);
      else this.counts.delete(sender);
    }
  }
}
