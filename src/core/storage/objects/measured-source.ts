import { createHash } from 'node:crypto';
import { AppError } from '../../../kernel/errors/app-error';
import type { ComingRoom } from './coming-room';

export interface SourceLimits {
  /** What the service takes: `too-large` past it. */
  readonly maxBytes: number;
  /** What the owner has left: `quota-exceeded` or `too-many-requests` past it. */
  readonly room: ComingRoom;
}

/** Counts and digests bytes on their way, and breaks off as soon as there are too many of them. */
export class MeasuredSource implements AsyncIterable<Uint8Array> {
  private readonly digest = createHash('sha256');
  private bytes = 0;

  /** @param onProgress is waited for: nothing more is read meanwhile */
  constructor(
    private readonly source: AsyncIterable<Uint8Array>,
    private readonly limits: SourceLimits,
    private readonly onProgress: () => Promise<void>,
  ) {}

  get size(): number {
    return this.bytes;
  }

  /** SHA-256 in hex, once, after the end. */
  sha256(): string {
    return this.digest.digest('hex');
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, undefined> {
    for await (const chunk of this.source) {
      this.bytes += chunk.length;
      if (this.bytes > this.limits.maxBytes) throw new AppError('too-large');
      this.limits.room.take(chunk.length);
      this.digest.update(chunk);
      await this.onProgress();
      yield chunk;
    }
    return undefined;
  }
}
