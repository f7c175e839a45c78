import { canonicalIdentifier } from '../../kernel/canonical';
import type { Ticket } from '../ticket/tickets.service';
import type { UserEntity } from '../user/user.entity';
import type { AccountSnapshot } from './account-snapshots.service';
import type { AccountChange } from './account-change';

/** What an undo ticket keeps. */
export interface UndoFacts extends AccountSnapshot {
  readonly change: AccountChange;
}

export function undoFactsOf(ticket: Ticket): UndoFacts {
  return ticket.payload as unknown as UndoFacts;
}

/** Whether the account has another address now than it had then. */
export function isMoved(user: UserEntity, { email }: AccountSnapshot): boolean {
  return email !== null && canonicalIdentifier(email) !== user.emailCanonical;
}
