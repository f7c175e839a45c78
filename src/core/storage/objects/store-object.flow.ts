import { Injectable } from '@nestjs/common';
import type { ComingObject, StoredObject } from './stored-object';

export interface StoreObjectCommand {
  /** Segments joined by `/`. */
  readonly path: string;
  /** Who owns the file if it is a new one: the account's uuid; null for a stranger. */
  readonly creator: string | null;
  readonly contentType: string;
  /** What the rules' formulas gave. A new file gets a fresh token, one that is overwritten keeps its own. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Read as fast as the bytes can be stored, to its end or its failure. */
  readonly source: AsyncIterable<Uint8Array>;
  /** When the caller has gone. */
  readonly signal?: AbortSignal;
  /**
   * The last word, when all bytes are there, on the file that is there now (null: none) and the one that comes; refuses
   * by throwing. Called inside the transaction, perhaps more than once: it must do nothing else.
   */
  readonly judge: (stored: StoredObject | null, coming: ComingObject) => void;
}

export interface StoredAnswer {
  readonly object: StoredObject;
  readonly isNew: boolean;
}

/**
 * Stores a file: it becomes visible whole, in one transaction, or not at all. Until then, and when anything fails, the
 * former one stays.
 */
@Injectable()
export class StoreObject {
  /**
   * @throws AppError `too-large`, `quota-exceeded`, `unavailable`, `session-ended` (the creator's account is gone),
   * `validation` (metadata that cannot be stored); whatever `judge` throws, the source fails with or the signal says
   */
  execute(_command: StoreObjectCommand): Promise<StoredAnswer> {
    throw new Error('coming');
  }
}
