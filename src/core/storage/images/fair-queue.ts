/** What waits, in a lane for each who waits for it: taken from each lane in turn, whatever others have in theirs. */
export class FairQueue<T> {
  /** In the order in which they are served next. A lane that is empty is none. */
  private readonly lanes = new Map<string, Set<T>>();
  private readonly all = new Set<T>();

  /**
   * @param most in all lanes together
   * @param mostPerLane of one caller
   */
  constructor(
    private readonly most: number,
    private readonly mostPerLane: number,
  ) {}

  get size(): number {
    return this.all.size;
  }

  has(item: T): boolean {
    return this.all.has(item);
  }

  /** False where there is no room for it. */
  add(caller: string, item: T): boolean {
    if (this.all.size >= this.most || !this.stand(caller, item)) return false;
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

  /** The next one's, of those who have the least at work; he goes to the end then. */
  take(atWork: (caller: string) => number): { readonly caller: string; readonly item: T } | undefined {
    let best: string | undefined;
    for (const caller of this.lanes.keys()) {
      if (best === undefined || atWork(caller) < atWork(best)) best = caller;
    }
    if (best === undefined) return undefined;
    const lane = this.lanes.get(best) ?? new Set();
    this.lanes.delete(best);
    this.lanes.set(best, lane);
    for (const item of lane) {
      this.remove(item);
      return { caller: best, item };
    }
    return undefined;
  }

  clear(): T[] {
    const items = [...this.all];
    this.all.clear();
    this.lanes.clear();
    return items;
  }

  private stand(caller: string, item: T): boolean {
    const lane = this.lanes.get(caller) ?? new Set();
    if (lane.size >= this.mostPerLane) return false;
    this.lanes.set(caller, lane.add(item));
    return true;
  }
}
