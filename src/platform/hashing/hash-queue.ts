import { FairLane } from './fair-lane';
import type { HashClass, HashGrade } from './hash-grade';

export type Admission<T> = { readonly isAdmitted: true; readonly pushedOut: T | null } | { readonly isAdmitted: false };

/**
 * The waiting room for hashes: bounded, with rules that keep a crowd of strangers from shutting out the people who are
 * known. Pure policy, without threads or time.
 *
 * - `vouched` has half of the room to itself and may fill all of it: where it is full, the newest of a lower class goes.
 * - `ordinary` and `suspect` share the other half; there an ordinary one pushes out the newest suspect one.
 * - Within a class, full means shared by network: whose network has fewer waiting takes the place of the newest of the
 *   network that has most.
 * - Vouched and ordinary are served in turn, so neither can starve the other; suspect only when nobody else waits.
 */
export class HashQueue<T> {
  private readonly lanes: Record<HashClass, FairLane<T>> = {
    vouched: new FairLane(),
    ordinary: new FairLane(),
    suspect: new FairLane(),
  };
  private readonly openCapacity: number;
  private arrivals = 0;
  private isTurnOfOrdinary = false;

  constructor(private readonly capacity: number) {
    this.openCapacity = Math.floor(capacity / 2);
  }

  get size(): number {
    return this.lanes.vouched.size + this.openSize;
  }

  /** Admits `item`, possibly in another's place, or refuses it. */
  offer(item: T, grade: HashGrade): Admission<T> {
    const lane = this.lanes[grade.class];
    const pushedOut = this.hasRoomFor(grade.class) ? null : this.makeRoom(grade);
    if (pushedOut === undefined) return { isAdmitted: false };
    this.arrivals += 1;
    lane.add(item, grade.network, this.arrivals);
    return { isAdmitted: true, pushedOut };
  }

  /** The next one to be hashed. */
  take(): T | undefined {
    const { vouched, ordinary, suspect } = this.lanes;
    const isOrdinaryNext = ordinary.size > 0 && (this.isTurnOfOrdinary || vouched.size === 0);
    if (isOrdinaryNext) {
      this.isTurnOfOrdinary = false;
      return ordinary.takeNext();
    }
    if (vouched.size === 0) return suspect.takeNext();
    this.isTurnOfOrdinary = true;
    return vouched.takeNext();
  }

  private get openSize(): number {
    return this.lanes.ordinary.size + this.lanes.suspect.size;
  }

  private hasRoomFor(hashClass: HashClass): boolean {
    if (this.size >= this.capacity) return false;
    return hashClass === 'vouched' || this.openSize < this.openCapacity;
  }

  private makeRoom({ class: hashClass, network }: HashGrade): T | undefined {
    for (const lower of this.lanesBelow(hashClass)) if (lower.size > 0) return lower.dropNewest();
    const own = this.lanes[hashClass];
    return own.isUnfairTo(network) ? own.dropNewest() : undefined;
  }

  private lanesBelow(hashClass: HashClass): FairLane<T>[] {
    const { suspect, ordinary } = this.lanes;
    if (hashClass === 'vouched') return [suspect, ordinary];
    return hashClass === 'ordinary' ? [suspect] : [];
  }
}
