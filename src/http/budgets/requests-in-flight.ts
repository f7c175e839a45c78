import { AppError } from '../../kernel/errors/app-error';

/** A browser opens six connections to a server: no page of one tab gets here, and all tabs of a person rarely. */
const MOST_AT_ONCE = 8;
const RETRY_AFTER_SECONDS = 1;

/**
 * How many requests of each account this process is at work on. Work of one account mostly waits for the same rows, each
 * request with a connection of the pool in its hand: without an end to it one account could keep everybody waiting.
 */
export class RequestsInFlight {
  private readonly counts = new Map<string, number>();

  /**
   * Counts a request in. Whoever calls it calls what it returns when the work is done; a second call does nothing.
   *
   * @throws AppError `too-many-requests`
   */
  begin(userId: string): () => void {
    const count = this.counts.get(userId) ?? 0;
    if (count >= MOST_AT_ONCE) throw new AppError('too-many-requests', { retryAfterSeconds: RETRY_AFTER_SECONDS });
    this.counts.set(userId, count + 1);
    let isOver = false;
    return () => {
      if (!isOver) this.end(userId);
      isOver = true;
    };
  }

  /** Requests in flight, of all accounts. */
  get size(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  private end(userId: string): void {
    const rest = (this.counts.get(userId) ?? 0) - 1;
    if (rest > 0) this.counts.set(userId, rest);
    else this.counts.delete(userId);
  }
}
