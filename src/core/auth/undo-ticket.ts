import { canonicalIdentifier } from '../../kernel/canonical';
import type { Ticket } from '../ticket/tickets.service';
import type { UserEntity } from '../user/user.entity';
import type { AccountSnapshot } from './account-snapshots.service';
import type { AccountChange } from './account-change';

/** What an undo ticket keeps. */
export interface UndoFacts extends AccountSnapshot {
  readonly change: AccountChange;
  /** Addresses, in canonical form, that an earlier claim has taken from the account since: it gets them back no more. */
  readonly lostAddresses?: readonly string[];
}

export function undoFactsOf(ticket: Ticket): UndoFacts {
  return ticket.payload as unknown as UndoFacts;
}

/** The address that an undo gives back; null where the account has it still, or may not have it any more. */
export function addressToGiveBack(user: UserEntity, { email, lostAddresses = [] }: UndoFacts): string | null {
  if (email === null || !isMoved(user, email)) return null;
  return lostAddresses.includes(canonicalIdentifier(email)) ? null : email;
}

/** Whether the account has another address now than it had then. */
export function isMoved(user: UserEntity, email: string | null): boolean {
  return email !== null && canonicalIdentifier(email) !== user.emailCanonical;
}
