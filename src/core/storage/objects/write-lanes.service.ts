import { Injectable } from '@nestjs/common';
import { NOBODY } from '../../../kernel/ids';

/** Of the connections a process has for its work (`DATABASE_POOL`) one caller's writes hold no more. */
const MOST_AT_ONCE = 4;

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

  /** @param actor the account's uuid; null for strangers, who share a lane */
  async run<T>(actor: string | null, write: () => Promise<T>): Promise<T> {
    const key = actor ?? NOBODY;
    const lane = this.lanes.get(key) ?? { busy: 0, waiting: [] };
    this.lanes.set(key, lane);
    if (lane.busy < MOST_AT_ONCE) lane.busy += 1;
    // whoever leaves hands its place over: nobody new slips in between
    else await new Promise<void>((resolve) => lane.waiting.push(resolve));
    try {
      return await write();
    } finally {
      const next = lane.waiting.shift();
      if (next) next();
      else if (lane.busy > 1) lane.busy -= 1;
      else this.lanes.delete(key);
    }
  }
}
