interface Waiting<T> {
  readonly item: T;
  readonly arrival: number;
}

/** Waiting items of one class, taken in turn from each network, so that a crowd from one delays only itself. */
export class FairLane<T> {
  /** In the order of their turns; a network with nothing waiting is not kept. */
  private readonly networks = new Map<string, Waiting<T>[]>();
  private waiting = 0;

  get size(): number {
    return this.waiting;
  }

  add(item: T, network: string, arrival: number): void {
    const line = this.networks.get(network);
    if (line) line.push({ item, arrival });
    else this.networks.set(network, [{ item, arrival }]);
    this.waiting += 1;
  }

  /** Takes the oldest item of the network whose turn it is; that network's next turn comes after all others. */
  takeNext(): T | undefined {
    for (const [network, line] of this.networks) {
      const [first, ...rest] = line;
      this.networks.delete(network);
      if (rest.length > 0) this.networks.set(network, rest);
      this.waiting -= 1;
      return first?.item;
    }
    return undefined;
  }

  /** Takes the newest item of the network that has most waiting; of several such networks, the newest of all. */
  dropNewest(): T | undefined {
    const longest = this.longestLine();
    if (!longest) return undefined;
    const [network, line] = longest;
    const dropped = line.pop();
    if (line.length === 0) this.networks.delete(network);
    this.waiting -= 1;
    return dropped?.item;
  }

  /**
   * Whether a full lane should drop one for the sake of `network`: another network has more than its share while this
   * one has less, so that afterwards both are nearer to it.
   */
  isUnfairTo(network: string): boolean {
    const own = this.networks.get(network)?.length ?? 0;
    const longest = this.longestLine();
    return longest !== undefined && longest[1].length >= own + 2;
  }

  private longestLine(): [string, Waiting<T>[]] | undefined {
    let longest: [string, Waiting<T>[]] | undefined;
    for (const entry of this.networks) if (!longest || isDroppedBefore(entry[1], longest[1])) longest = entry;
    return longest;
  }
}

function isDroppedBefore<T>(a: readonly Waiting<T>[], b: readonly Waiting<T>[]): boolean {
  if (a.length !== b.length) return a.length > b.length;
  return (a.at(-1)?.arrival ?? 0) > (b.at(-1)?.arrival ?? 0);
}
