import { Injectable } from '@nestjs/common';
import { Places } from '../../../kernel/places';

/** As many as requests of one account are let in at once. */
const MOST_AT_ONCE = 8;

/** How many uploads of each session, or network of strangers, this process takes in: each has bytes on the disk that no count knows of yet. */
@Injectable()
export class UploadsAtOnce {
  private readonly places = new Places(MOST_AT_ONCE);

  /**
   * @param holder the session, or the network where nobody is signed in
   * @throws AppError `too-many-requests`
   */
  async run<T>(holder: string, work: () => Promise<T>): Promise<T> {
    const giveBack = this.places.take(holder);
    try {
      return await work();
    } finally {
      giveBack();
    }
  }
}
