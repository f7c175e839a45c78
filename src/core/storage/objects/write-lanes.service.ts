import { Injectable } from '@nestjs/common';
import { AppError } from '../../../kernel/errors/app-error';

/** Of the connections a process has for its work (`DATABASE_POOL`) one caller's writes hold no more. */
const MOST_AT_ONCE = 4;
/** A folder whose files are deleted by as many requests as a browser makes at once gets through. */
const MOST_WAITING = 128;
const RETRY_AFTER_SECONDS = 1;

interface Lane {
  busy: number;
  readonly waiting: (() => void)[];
}

/**
 * Lets few writes of one caller at the database at once; the others wait here. They would wait there as well, for the same
 * path or the same owner's count, but each with a connection in its hand that everybody else's requests need.
 */
@Injectable()
export class WriteLanes {
  private readonly lanes = new Map<string, Lane>();

  /**
   * @param caller the account, or the network of a stranger
   * @throws AppError `too-many-requests`, where too many of his wait already
   */
  async run<T>(caller: string, write: () => Promise<T>): Promise<T> {
    const lane = this.lanes.get(caller) ?? { busy: 0, waiting: [] };
    this.lanes.set(caller, lane);
    if (lane.busy < MOST_AT_ONCE) lane.busy += 1;
    // whoever leaves hands its place over: nobody new slips in between
    else await turnIn(lane);
    try {
      return await write();
    } finally {
      const next = lane.waiting.shift();
      if (next) next();
      else if (lane.busy > 1) lane.busy -= 1;
      else this.lanes.delete(caller);
    }
  }
}

function turnIn({ waiting }: Lane): Promise<void> {
  if (waiting.length >= MOST_WAITING) {
    throw new AppError('too-many-requests', { retryAfterSeconds: RETRY_AFTER_SECONDS });
  }
  return new Promise((resolve) => waiting.push(resolve));
}
