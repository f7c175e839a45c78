import { Injectable } from '@nestjs/common';
import { Database, lockName, type Tx } from '../../database/database.service';
import { canonicalIdentifier } from '../../kernel/canonical';
import { AppError, isRefusal } from '../../kernel/errors/app-error';
import type { Caller } from '../../kernel/principal';
import type { CredentialKind } from '../credential/credential.entity';
import { Tickets, type Ticket } from '../ticket/tickets.service';
import { UndoTries } from '../ticket/undo-tries.repository';
import type { UserEntity } from '../user/user.entity';
import { Users } from '../user/users.repository';
import { GuardedComparison } from './guarded-comparison.service';
import { undoFactsOf } from './undo-ticket';

export interface FormerSecret {
  readonly credential: CredentialKind;
  readonly secret: string;
}

/**
 * Undo links. One lies in the mailbox of the address before a change, and people change an address because somebody else
 * reads that mailbox; and the notice of a new second factor would let a thief of the mailbox take the factor off again. So
 * it counts together with the password, or the verifier, of before the change. A device that was known then is no such
 * proof: a mailed reset makes one.
 */
@Injectable()
export class UndoLinks {
  constructor(
    private readonly database: Database,
    private readonly tickets: Tickets,
    private readonly tries: UndoTries,
    private readonly users: Users,
    private readonly comparison: GuardedComparison,
  ) {}

  /** The ticket, unspent. @throws AppError `invalid-ticket` */
  async find(secret: string): Promise<Ticket> {
    const ticket = await this.tickets.peek(this.database.pool, 'undo', secret);
    if (!ticket) throw new AppError('invalid-ticket');
    return ticket;
  }

  /** @throws AppError `invalid-credentials`, `invalid-ticket` once out of tries, `too-many-requests`, `busy` */
  async demand(ticket: Ticket, { credential, secret }: FormerSecret, caller: Caller): Promise<void> {
    if (!(await this.tries.reserve(ticket, caller.network))) throw new AppError('invalid-ticket');
    const { passwordHash, vault } = undoFactsOf(ticket);
    const comparison = this.comparison.compare({
      userId: ticket.userId,
      identifier: ticket.userId ?? ticket.id,
      storedHash: credential === 'password' ? passwordHash : (vault?.verifier.hash ?? null),
      countedBy: 'ticket',
      secret,
      caller,
      failure: 'undo-failed',
    });
    await comparison.catch(async (error: unknown) => {
      if (!isRefusal(error, 'invalid-credentials'))
        await this.tries.giveBack(this.database.pool, ticket, caller.network);
      throw error;
    });
    await this.tries.giveBack(this.database.pool, ticket, caller.network);
  }

  /**
   * Spends it, once what `demand` asks for was shown. Returns its account, locked.
   *
   * @throws AppError `invalid-ticket` when it was spent meanwhile, or the account is gone
   */
  async spend(tx: Tx, seen: Ticket, secret: string): Promise<UserEntity> {
    const { email, change } = undoFactsOf(seen);
    if (change === 'change-undone') throw new AppError('invalid-ticket');
    if (email !== null) await lockName(tx, 'address', canonicalIdentifier(email));
    // the account before its ticket, in this order everywhere: a change holds the account and then voids its tickets
    const user = seen.userId === null ? null : await this.users.lockById(tx, seen.userId);
    if (!user || !(await this.tickets.claim(tx, 'undo', secret))) throw new AppError('invalid-ticket');
    return user;
  }
}
