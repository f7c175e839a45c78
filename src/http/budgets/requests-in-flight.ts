import { Places } from '../../kernel/places';

/** A browser opens six connections to a server: no page of one tab gets here, and all tabs of a person rarely. */
const MOST_AT_ONCE = 8;

/**
 * How many requests of each account this process is at work on. Work of one account mostly waits for the same rows, each
 * request with a connection of the pool in its hand: without an end to it one account could keep everybody waiting.
 */
export class RequestsInFlight {
  private readonly places = new Places(MOST_AT_ONCE);

  /**
   * Counts a request in. Whoever calls it calls what it returns when the work is done; a second call does nothing.
   *
   * @throws AppError `too-many-requests`
   */
  begin(userId: string): () => void {
    return this.places.take(userId);
  }

  /** Requests in flight, of all accounts. */
  get size(): number {
    return this.places.size;
  }
}
