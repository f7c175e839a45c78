import { AppError } from '../../../kernel/errors/app-error';

/** Bytes that this process has under way, by owner: what they come to beyond the files they replace. */
export type BytesUnderWay = Map<string, number>;

/** What one upload may take of its owner's room: his other ones under way in this process take of the same. */
export class ComingRoom {
  private bytes = 0;
  private counted = 0;

  /**
   * @param free what the owner has left, as nothing were under way
   * @param former what goes when the upload is there
   */
  constructor(
    private readonly owner: string,
    private readonly free: number,
    private readonly former: number,
    private readonly underWay: BytesUnderWay,
  ) {}

  /** @throws AppError `quota-exceeded`; what had been taken is given back at once, for the others to end well */
  take(bytes: number): void {
    this.bytes += bytes;
    this.count(Math.max(this.bytes - this.former, 0));
    if ((this.underWay.get(this.owner) ?? 0) <= this.free) return;
    this.leave();
    throw new AppError('quota-exceeded');
  }

  /** When the bytes are counted elsewhere, or are to go. */
  leave(): void {
    this.count(0);
  }

  private count(bytes: number): void {
    const all = (this.underWay.get(this.owner) ?? 0) + bytes - this.counted;
    this.counted = bytes;
    if (all > 0) this.underWay.set(this.owner, all);
    else this.underWay.delete(this.owner);
  }
}
