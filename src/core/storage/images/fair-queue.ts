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

  /**
   * @param now milliseconds of a clock that never goes back
   * @param onDisplaced is told what waits no longer, because its place went to another
   */
  constructor(
    private readonly limits: Limits,
    now: () => number,
    private readonly onDisplaced: (item: T) => void,
  ) {
    this.use = new RecentUse(now);
  }

  get size(): number {
    return this.all.size;
  }

  /** False where there is no room for it. Where all of it is taken, some is made for who has had less. */
  add(caller: string, item: T): boolean {
    if (!this.hasRoomFor(caller)) return false;
    if (this.all.size >= this.limits.most && !this.displaceFor(caller)) return false;
    this.stand(caller, item);
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

  private stand(caller: string, item: T): void {
    if (this.hasRoomFor(caller)) this.lanes.set(caller, (this.lanes.get(caller) ?? new Set()).add(item));
  }

  private hasRoomFor(caller: string): boolean {
    return (this.lanes.get(caller)?.size ?? 0) < this.limits.mostPerLane;
  }

  private displaceFor(caller: string): boolean {
    const item = this.lastFor(caller);
    if (item === undefined) return false;
    this.remove(item);
    this.onDisplaced(item);
    return true;
  }

  /**
   * The last one of who has had the most time. Who comes after the caller makes room for him, and so does who has several
   * waiting for who has none; what others wait for as well stays, unless they all make room.
   */
  private lastFor(caller: string): T | undefined {
    const hasNone = !this.lanes.has(caller);
    const staying = new Set<T>();
    const yielding: { used: number; lane: Set<T> }[] = [];
    for (const [other, lane] of this.lanes) {
      const yields = this.comesBefore(caller, other) || (hasNone && lane.size > 1);
      if (yields) yielding.push({ used: this.use.of(other), lane });
      else for (const item of lane) staying.add(item);
    }
    yielding.sort((one, other) => other.used - one.used || other.lane.size - one.lane.size);
    return yielding.flatMap(({ lane }) => [...lane].reverse()).find((item) => !staying.has(item));
  }
}
