import { Injectable } from '@nestjs/common';
import { Database, lockName, type Tx } from '../../../database/database.service';
import { AppError } from '../../../kernel/errors/app-error';
import type { Caller } from '../../../kernel/principal';
import { ResetCodes, type ResetCode } from '../../ticket/reset-codes.repository';
import { Tickets } from '../../ticket/tickets.service';
import { Users } from '../../user/users.repository';
import { CODE_SECONDS } from '../auth-lifetimes';
import { GuardedMailedCode } from '../guarded-mailed-code.service';
import { Challenges } from './challenges.service';

export interface SpendResetCodeCommand {
  readonly challenge: string;
  readonly code: string;
  readonly caller: Caller;
}

/** Exchanges a mailed code for a one-time token that sets a password. */
@Injectable()
export class SpendResetCode {
  constructor(
    private readonly database: Database,
    private readonly challenges: Challenges,
    private readonly codes: GuardedMailedCode,
    private readonly resetCodes: ResetCodes,
    private readonly tickets: Tickets,
    private readonly users: Users,
  ) {}

  /** @throws AppError `invalid-code` whatever is wrong with challenge or code, `locked`, `too-many-requests` */
  async execute({ challenge, code, caller }: SpendResetCodeCommand): Promise<{ oneTimeToken: string }> {
    const ticketId = this.challenges.read(challenge);
    const asked = ticketId === null ? null : await this.resetCodes.find(this.database.pool, ticketId);
    if (ticketId === null || !asked) throw new AppError('invalid-code');
    const oneTimeToken = await this.codes.spend({
      ticketId,
      address: asked.address,
      userId: null,
      code,
      caller,
      prepare: async (tx) => {
        await lockName(tx, 'address', asked.address);
        await this.resetCodes.hold(tx, ticketId);
      },
      allowed: async (tx) => {
        await this.tickets.spend(tx, ticketId);
        return this.exchange(tx, asked);
      },
    });
    return { oneTimeToken };
  }

  /** As a mailed link is drawn; but six digits proved the mailbox, so the token gives no authority over other accounts. */
  private async exchange(tx: Tx, { address, email }: ResetCode): Promise<string> {
    const holder = await this.users.findByEmail(tx, address);
    const id = await this.tickets.issue(tx, {
      purpose: 'reset-by-code',
      userId: holder?.emailVerifiedAt ? holder.id : null,
      subject: address,
      payload: { email },
      waitSeconds: CODE_SECONDS,
    });
    const secret = await this.tickets.draw(tx, id, CODE_SECONDS);
    if (secret === null) throw new Error('a ticket issued in this transaction cannot be drawn');
    return secret;
  }
}
