import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import type { Caller } from '../../kernel/principal';
import { Outbox } from '../mail/outbox.service';
import { Tickets, type Ticket } from '../ticket/tickets.service';
import type { UserEntity } from '../user/user.entity';
import { MAIL_WAIT_SECONDS, UNDO_SECONDS } from './auth-lifetimes';
import type { AccountSnapshot } from './account-snapshots.service';
import { isMoved, undoFactsOf, type UndoFacts } from './undo-ticket';

interface Occasion {
  readonly caller: Caller;
  /** Whether the account's other sessions ended with the change. */
  readonly hasSignedOut: boolean;
}

export interface ToldUndo {
  /** As it was before the undo. */
  readonly user: UserEntity;
  readonly before: AccountSnapshot;
  readonly ticket: Ticket;
  readonly displaced: UserEntity | null;
}

interface Notice {
  readonly kind: string;
  readonly recipient: string;
  readonly ticketId: string | null;
  readonly facts?: Readonly<Record<string, string | boolean>>;
}

/** Tells an owner of a change, at the address before it, with a link that undoes it; and of its undoing. */
@Injectable()
export class ChangeNotices {
  constructor(
    private readonly clock: Clock,
    private readonly tickets: Tickets,
    private readonly outbox: Outbox,
  ) {}

  /** An address that was never proved is told nothing: it gives no authority, least of all over an undo. */
  async tell(tx: Tx, user: UserEntity, undo: UndoFacts, { caller, hasSignedOut }: Occasion): Promise<void> {
    if (undo.email === null || !undo.isEmailVerified) return;
    const notice = { kind: undo.change, recipient: undo.email };
    const asksFor = whatUndoAsksFor(undo);
    if (asksFor === null) {
      // nothing to prove it with: its link would be a promise that nobody can keep
      await this.write(tx, user, { ...notice, ticketId: null, facts: { hasSignedOut } }, caller);
      return;
    }
    const ticketId = await this.tickets.issue(tx, {
      purpose: 'undo',
      userId: user.id,
      payload: { ...undo },
      waitSeconds: MAIL_WAIT_SECONDS + UNDO_SECONDS,
    });
    if (
      !(await this.write(tx, user, { ...notice, ticketId, facts: { asksFor, hasSignedOut, ...sinceOf(undo) } }, caller))
    )
      await this.tickets.void(tx, ticketId);
  }

  /**
   * Tells of an undo: the address that the account has by it, with a link that shows a vault's keys of before it, in case
   * the owner was not the one who undid; the address that it took from the account; and the account that it took the address
   * from. No link undoes an undo: the secret of before the change is the stronger one.
   */
  async tellUndone(tx: Tx, { user, before, ticket, displaced }: ToldUndo, caller: Caller): Promise<void> {
    const { email, isEmailVerified } = undoFactsOf(ticket);
    const passwordHash = null; // the page has nothing to show
    const undone = { ...before, email, isEmailVerified, passwordHash, change: 'change-undone' } as const;
    await this.tell(tx, user, undone, { caller, hasSignedOut: true });
    if (email !== null && displaced?.username) {
      const facts = { username: displaced.username };
      await this.write(tx, displaced, { kind: 'address-reclaimed', recipient: email, ticketId: null, facts }, caller);
    }
    const isDisplaced = isMoved(user, undoFactsOf(ticket)) && user.emailVerifiedAt !== null;
    if (!isDisplaced || user.email === null) return;
    await this.write(tx, user, { kind: 'address-taken-back', recipient: user.email, ticketId: null }, caller);
  }

  private write(tx: Tx, user: UserEntity, { facts: more, ...mail }: Notice, { network }: Caller): Promise<boolean> {
    const facts = { whenIso: this.clock.now().toISOString(), network, ...more };
    return this.outbox.enqueue(tx, { ...mail, locale: user.locale, userId: user.id, facts, urgency: 'notice' });
  }
}

/** The page asks for a password; a verifier only the vault's own app can derive. */
function whatUndoAsksFor({ passwordHash, vault }: UndoFacts): 'password' | 'master-password' | null {
  if (passwordHash !== null) return 'password';
  return vault ? 'master-password' : null;
}

function sinceOf({ passwordUntil }: UndoFacts): { readonly formerUntil?: string } {
  return passwordUntil ? { formerUntil: passwordUntil } : {};
}
