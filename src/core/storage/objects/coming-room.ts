import { AppError } from '../../../kernel/errors/app-error';
import { OwnerRoom, type Room } from './owner-room';

/** Owners who have uploads under way in this process. */
export type OwnersUnderWay = Map<string, OwnerRoom>;

/** Deleting helps nobody who is told so, waiting does. */
export function waitForSweeper({ sweptInSeconds }: Room): AppError {
  return new AppError('too-many-requests', { retryAfterSeconds: sweptInSeconds });
}

/** What one upload takes of its owner's room. */
export class ComingRoom {
  private readonly shared: OwnerRoom;
  private bytes = 0;
  private hasLeft = false;

  /**
   * @param room as nothing were under way
   * @param former what goes when the upload is there
   */
  constructor(
    private readonly owner: string,
    private readonly path: string,
    private readonly room: Room,
    former: number,
    private readonly underWay: OwnersUnderWay,
  ) {
    this.shared = underWay.get(owner) ?? new OwnerRoom(room);
    this.shared.enter(path);
    this.shared.renew(room, path, former);
    underWay.set(owner, this.shared);
  }

  /**
   * @throws AppError `quota-exceeded`, `too-many-requests`; what had been taken is given back at once, for the others to
   *   end well
   */
  take(bytes: number): void {
    this.bytes += bytes;
    this.shared.take(this.path, bytes);
    const { isFull, mustWait } = this.shared;
    if (!isFull && !mustWait) return;
    this.leave();
    throw isFull ? new AppError('quota-exceeded') : waitForSweeper(this.room);
  }

  /** When the bytes are counted elsewhere, or are to go. */
  leave(): void {
    if (this.hasLeft) return;
    this.hasLeft = true;
    this.shared.leave(this.path, this.bytes);
    if (this.shared.isEmpty) this.underWay.delete(this.owner);
  }
}
