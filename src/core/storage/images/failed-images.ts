import type { Clock } from '../../../kernel/clock';
import { AppError } from '../../../kernel/errors/app-error';
import type { StoredObject } from '../objects/stored-object';
import { boundingSide, type Rendering } from './rendering';

/** What could not be made costs as much each time: so long it is not tried again. */
const FAILED_MS = 5 * 60 * 1000;
const MOST_FAILED = 10_000;

type Source = Pick<StoredObject, 'blobKey'>;

interface Failure {
  readonly side: number;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/**
 * Images that could not be made lately: of which bytes, into which format, and how large. What is as large is not tried in
 * any quality; what is smaller is less work, and nobody takes a thumbnail from others by wishing what takes too long.
 */
export class FailedImages {
  private readonly failures = new Map<string, Failure>();

  constructor(private readonly clock: Clock) {}

  /** @throws AppError `unprocessable-image` where it is known that it could not be made */
  demandNone(source: Source, rendering: Rendering): void {
    if (this.has(source, rendering)) throw new AppError('unprocessable-image');
  }

  add(source: Source, rendering: Rendering): void {
    // a refusal of ours is no new failure
    if (this.has(source, rendering)) return;
    const name = nameOf(source, rendering);
    this.failures.delete(name);
    this.failures.set(name, { side: boundingSide(rendering), until: this.clock.now().getTime() + FAILED_MS });
    const [oldest] = this.failures.keys();
    if (this.failures.size > MOST_FAILED && oldest !== undefined) this.failures.delete(oldest);
  }

  private has(source: Source, rendering: Rendering): boolean {
    const failure = this.failures.get(nameOf(source, rendering));
    if (!failure || failure.until <= this.clock.now().getTime()) return false;
    return boundingSide(rendering) >= failure.side;
  }
}

function nameOf({ blobKey }: Source, { format }: Rendering): string {
  return `${blobKey} ${format}`;
}
