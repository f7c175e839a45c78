import { Injectable, Logger } from '@nestjs/common';
import { Blobs } from '../blobs/blobs.port';
import { BlobLeases } from './blob-leases.repository';

const BATCH = 100;

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
  ) {}

  /**
   * Goes on until nothing is left whose time has come, however much comes meanwhile: what waits must not grow without end.
   * It stops when the store is away, or after a batch when told so; the next run continues.
   *
   * @returns how many were removed. Several may run at once.
   */
  async sweep(ending?: AbortSignal): Promise<number> {
    for (let removed = 0; ;) {
      await this.leases.graceForReaders(this.blobs.readerGraceSeconds);
      const keys = await this.leases.takeDue(BATCH);
      const { gone, isAway } = await this.removeAll(keys);
      await this.leases.forget(gone);
      removed += gone.length;
      if (keys.length < BATCH || isAway || ending?.aborted === true) return removed;
    }
  }

  /** Those that are gone. A store that has refused several in a row is away: the rest waits for another run. */
  private async removeAll(keys: readonly string[]): Promise<{ gone: string[]; isAway: boolean }> {
    const { removalsAtOnce } = this.blobs;
    const [waiting, gone] = [[...keys], [] as string[]];
    let refusals = 0;
    let reason: unknown;
    const remove = async (): Promise<void> => {
      for (let key = waiting.pop(); key !== undefined && refusals < removalsAtOnce; key = waiting.pop()) {
        try {
          await this.blobs.remove(key);
          gone.push(key);
          refusals = 0;
        } catch (error) {
          refusals += 1;
          reason = error;
        }
      }
    };
    await Promise.all(Array.from({ length: removalsAtOnce }, remove));
    if (reason) this.logger.warn({ err: reason }, 'bytes could not be removed; tried again later');
    return { gone, isAway: refusals >= removalsAtOnce };
  }
}
