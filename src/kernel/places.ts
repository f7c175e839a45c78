import { AppError } from './errors/app-error';

const RETRY_AFTER_SECONDS = 1;

/** How many of something each caller has in this process, and that he has no more. */
export class Places {
  private readonly taken = new Map<string, number>();

  constructor(private readonly most: number) {}

  /**
   * @param caller the account, or the network of a stranger
   * @returns what gives the place back; a second call does nothing
   * @throws AppError `too-many-requests`
   */
  take(caller: string): () => void {
    const own = this.taken.get(caller) ?? 0;
    if (own >= this.most) throw new AppError('too-many-requests', { retryAfterSeconds: RETRY_AFTER_SECONDS });
    this.taken.set(caller, own + 1);
    let isGiven = false;
    return () => {
      if (!isGiven) this.giveBack(caller);
      isGiven = true;
    };
  }

  /** Places that are taken, by all callers. */
  get size(): number {
    return [...this.taken.values()].reduce((sum, count) => sum + count, 0);
  }

  private giveBack(caller: string): void {
    const rest = (this.taken.get(caller) ?? 0) - 1;
    if (rest > 0) this.taken.set(caller, rest);
    else this.taken.delete(caller);
  }
}
