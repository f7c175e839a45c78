/** What there is room for, in bytes, as the database has said last. */
export interface Room {
  /** How much more may be stored. */
  readonly free: number;
  /** How much more may come before some of what was let go of has been swept. */
  readonly beforeSweep: number;
  /** In so many seconds all that was let go of by now has been swept. */
  readonly sweptInSeconds: number;
}

interface PathUnderWay {
  /** What goes when an upload to this path is there. */
  former: number;
  bytes: number;
  uploads: number;
}

/** The uploads that this process has under way for one owner: they take of the same room. */
export class OwnerRoom {
  private readonly paths = new Map<string, PathUnderWay>();
  private bytes = 0;
  private growth = 0;

  constructor(private room: Room) {}

  get isEmpty(): boolean {
    return this.paths.size === 0;
  }

  /** More is coming than the owner may have. What an upload replaces makes room once, however many replace it. */
  get isFull(): boolean {
    return this.growth > this.room.free;
  }

  /** More is coming than may lie there until the sweeper has been. */
  get mustWait(): boolean {
    return this.bytes > this.room.beforeSweep;
  }

  /** The latest word counts for all uploads, also for those that began before it. */
  renew(room: Room, path: string, former: number): void {
    this.room = room;
    this.change(path, { former });
  }

  enter(path: string): void {
    this.change(path, { uploads: (this.paths.get(path)?.uploads ?? 0) + 1 });
  }

  take(path: string, bytes: number): void {
    this.change(path, { bytes: (this.paths.get(path)?.bytes ?? 0) + bytes });
  }

  /** @param bytes all that it has taken */
  leave(path: string, bytes: number): void {
    this.take(path, -bytes);
    const uploads = (this.paths.get(path)?.uploads ?? 0) - 1;
    this.change(path, { uploads });
    if (uploads <= 0) this.paths.delete(path);
  }

  private change(path: string, more: Partial<PathUnderWay>): void {
    const before = this.paths.get(path) ?? { former: 0, bytes: 0, uploads: 0 };
    const after = { ...before, ...more };
    this.bytes += after.bytes - before.bytes;
    this.growth += growthOf(after) - growthOf(before);
    if (after.uploads > 0) this.paths.set(path, after);
  }
}

function growthOf({ former, bytes }: PathUnderWay): number {
  return Math.max(bytes - former, 0);
}
