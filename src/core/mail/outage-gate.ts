import { addSeconds } from '../../kernel/clock';

const FIRST_PAUSE_SECONDS = 1;
const LONGEST_PAUSE_SECONDS = 30;

/**
 * Keeps a worker away from a mail server that is down: no ticket is drawn for a mail that cannot go, and the backlog goes
 * within half a minute of the server's return. After a pause one mail at a time is tried until the server answers.
 */
export class OutageGate {
  private pauseSeconds = 0;
  private closedUntil: Date | null = null;

  constructor(private readonly fullLanes: number) {}

  /** How many deliveries may run at once. */
  lanes(now: Date): number {
    if (this.closedUntil === null) return this.fullLanes;
    return now < this.closedUntil ? 0 : 1;
  }

  reached(): void {
    this.pauseSeconds = 0;
    this.closedUntil = null;
  }

  /** Deliveries that were under way when the gate closed do not lengthen the pause. */
  unreachable(now: Date): void {
    if (this.closedUntil !== null && now < this.closedUntil) return;
    this.pauseSeconds = Math.min(LONGEST_PAUSE_SECONDS, Math.max(FIRST_PAUSE_SECONDS, this.pauseSeconds * 2));
    this.closedUntil = addSeconds(now, this.pauseSeconds);
  }
}
