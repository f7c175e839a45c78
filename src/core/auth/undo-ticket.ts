import type { Ticket } from '../ticket/tickets.service';
import type { AccountSnapshot } from './account-snapshots.service';
import type { AccountChange } from './change-notices.service';

/** What an undo ticket keeps. */
export interface UndoFacts extends AccountSnapshot {
  readonly change: AccountChange;
  /** The second factor that the change took away, under its id among the former ones. */
  readonly formerTotpId: string | null;
}

export function undoFactsOf(ticket: Ticket): UndoFacts {
  return ticket.payload as unknown as UndoFacts;
}
