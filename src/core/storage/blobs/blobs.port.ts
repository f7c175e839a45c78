import type { Readable } from 'node:stream';

/** Bytes `start` to `end` of a file, both included, counted from 0. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Where the bytes of files lie: a folder or an object store. A key is random (`newBlobKey`), is written once and never
 * used again. What a key means, and whether anything still needs it, only the rows know.
 */
export abstract class Blobs {
  /** Seconds that bytes must be kept for those who are reading them, after the last row let go of them. */
  abstract readonly readerGraceSeconds: number;

  /** How many bytes are best removed at a time. */
  abstract readonly removalsAtOnce: number;

  /**
   * Takes the bytes as they come, few of them in memory at a time. Once it resolves they outlive a crash of this
   * machine. When the source fails it rejects with that failure, and what was written is removed.
   *
   * @throws AppError `quota-exceeded` where there is no room left, `unavailable` where the bytes cannot be stored now
   */
  abstract write(key: string, source: AsyncIterable<Uint8Array>): Promise<void>;

  /**
   * Opens the bytes, or a range of them that lies inside. Whoever has opened them reads them to their end, even when
   * they are removed meanwhile; in an object store that is promised for `readerGraceSeconds` only.
   *
   * @throws AppError `unavailable` where the bytes cannot be had
   */
  abstract read(key: string, range?: ByteRange): Promise<Readable>;

  /**
   * Removes the bytes and whatever a broken write under this key left. Nothing there is no error.
   *
   * @throws AppError `unavailable`
   */
  abstract remove(key: string): Promise<void>;

  /** Resolves when bytes can be had and stored. */
  abstract check(): Promise<void>;
}
