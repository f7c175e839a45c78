import { Injectable } from '@nestjs/common';
import { AppError } from '../../../kernel/errors/app-error';

/** In one process. Each keeps a list of its files and, while it is read, a deflate at work. */
const MOST_AT_ONCE = 32;
const MOST_PER_HOLDER = 2;
const RETRY_AFTER_SECONDS = 10;

/** Lets few archives be made at once, and fewer still for one session or network. */
@Injectable()
export class ArchivePlaces {
  private readonly taken = new Map<string, number>();
  private total = 0;

  /**
   * @param holder the session, or the network of a stranger
   * @returns what gives the place back, once
   * @throws AppError `busy`
   */
  take(holder: string): () => void {
    const own = this.taken.get(holder) ?? 0;
    if (own >= MOST_PER_HOLDER || this.total >= MOST_AT_ONCE) {
      throw new AppError('busy', { retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
    this.total += 1;
    this.taken.set(holder, own + 1);
    let isGiven = false;
    return () => {
      if (isGiven) return;
      isGiven = true;
      this.giveBack(holder);
    };
  }

  /** Archives that are being made, of all. */
  get size(): number {
    return this.total;
  }

  private giveBack(holder: string): void {
    this.total -= 1;
    const left = (this.taken.get(holder) ?? 1) - 1;
    if (left > 0) this.taken.set(holder, left);
    else this.taken.delete(holder);
  }
}
