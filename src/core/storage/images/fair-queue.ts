import { RecentUse } from './recent-use';

interface Limits {
  /** What may wait, in all lanes together. */
  readonly most: number;
  /** What may wait of one caller. */
  readonly mostPerLane: number;
  /** How many of one caller's may be under way at once. */
  readonly mostUnderWay: number;
}

/** What was taken, until it is given back. */
export interface Turn<T> {
  readonly item: T;
  /** It is done, however it went: its caller's time runs no longer. */
  readonly end: () => void;
}

/**
 * What waits, in a lane for each who waits for it. Next is whoever has had the least time lately, what is under way
 * included; of equals, who has waited in front the longest. How much somebody has waiting counts for nothing.
 */
export class FairQueue<T> {
  /** Of equals the first is served next. A lane that is empty is none. */
  private readonly lanes = new Map<string, Set<T>>();
  private readonly all = new Set<T>();
  private readonly use: RecentUse;

  /** @param now milliseconds of a clock that never goes back */
  constructor(
    private readonly limits: Limits,
    now: () => number,
  ) {
    this.use = new RecentUse(now);
  }

  get size(): number {
    return this.all.size;
  }

  /** False where there is no room for it. */
  add(caller: string, item: T): boolean {
    if (this.all.size >= this.limits.most || !this.stand(caller, item)) return false;
    this.all.add(item);
    return true;
  }

  /** Another waits for it too, and gets it in his turn where that comes before. */
  join(caller: string, item: T): void {
    if (this.all.has(item)) this.stand(caller, item);
  }

  remove(item: T): boolean {
    for (const [caller, lane] of this.lanes) {
      lane.delete(item);
      if (lane.size === 0) this.lanes.delete(caller);
    }
    return this.all.delete(item);
  }

  /** The next one; undefined where nothing waits but of those who have as many under way as they may. */
  take(): Turn<T> | undefined {
    const caller = this.next();
    const [item] = caller === undefined ? [] : (this.lanes.get(caller) ?? []);
    if (caller === undefined || item === undefined) return undefined;
    this.toTheEnd(caller);
    this.remove(item);
    return { item, end: this.use.begin(caller) };
  }

  clear(): T[] {
    const items = [...this.all];
    this.all.clear();
    this.lanes.clear();
    return items;
  }

  private next(): string | undefined {
    let best: string | undefined;
    for (const caller of this.lanes.keys()) {
      if (this.use.underWay(caller) >= this.limits.mostUnderWay) continue;
      if (best === undefined || this.comesBefore(caller, best)) best = caller;
    }
    return best;
  }

  private comesBefore(caller: string, other: string): boolean {
    const [one, two] = [this.use.of(caller), this.use.of(other)];
    // what has just begun has taken no time yet
    return one === two ? this.use.underWay(caller) < this.use.underWay(other) : one < two;
  }

  private toTheEnd(caller: string): void {
    const lane = this.lanes.get(caller) ?? new Set();
    this.lanes.delete(caller);
    this.lanes.set(caller, lane);
  }

  private stand(caller: string, item: T): boolean {
    const lane = this.lanes.get(caller) ?? new Set();
    if (lane.size >= this.limits.mostPerLane) return false;
    this.lanes.set(caller, lane.add(item));
    return true;
  }
}
