import { Injectable, Logger } from '@nestjs/common';
import { addSeconds, Clock, MINUTE_SECONDS } from '../../../kernel/clock';
import { Blobs } from '../blobs/blobs.port';
import { BlobLeases } from './blob-leases.repository';

const BATCH = 100;
/** Asked of the store at a time. */
const AT_ONCE = 4;
/** So that a process that is told to end does not go on for hours; the next run continues. */
const LONGEST_RUN_SECONDS = 2 * MINUTE_SECONDS;

/**
 * Removes the bytes that no file points at: replaced and deleted ones after their readers have had time, those of
 * uploads that broke off after their lease. The row says so first, then the bytes go, then the row: whenever it dies,
 * the next run takes it up, and what a file points at it never touches.
 */
@Injectable()
export class StorageSweeper {
  private readonly logger = new Logger(StorageSweeper.name);

  constructor(
    private readonly blobs: Blobs,
    private readonly leases: BlobLeases,
    private readonly clock: Clock,
  ) {}

  /** @returns how many were removed. Several may run at once. */
  async sweep(): Promise<number> {
    const until = addSeconds(this.clock.now(), LONGEST_RUN_SECONDS);
    await this.leases.graceForReaders(this.blobs.readerGraceSeconds);
    let removed = 0;
    for (;;) {
      const keys = await this.leases.takeDue(BATCH);
      const gone = await this.removeAll(keys);
      await this.leases.forget(gone);
      removed += gone.length;
      if (keys.length < BATCH || gone.length < keys.length || this.clock.now() >= until) return removed;
    }
  }

  /** Those that are gone. A store that refuses several at a time is away: the rest waits for another run. */
  private async removeAll(keys: readonly string[]): Promise<string[]> {
    const gone: string[] = [];
    for (let first = 0; first < keys.length; first += AT_ONCE) {
      const some = keys.slice(first, first + AT_ONCE);
      const results = await Promise.allSettled(some.map((key) => this.blobs.remove(key)));
      gone.push(...some.filter((_key, index) => results[index]?.status === 'fulfilled'));
      const failed = results.filter((result) => result.status === 'rejected');
      if (failed[0])
        this.logger.warn({ err: failed[0].reason as unknown }, 'bytes could not be removed; tried again later');
      if (failed.length === results.length) break;
    }
    return gone;
  }
}
