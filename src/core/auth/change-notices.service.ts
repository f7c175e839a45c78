import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import type { Caller } from '../../kernel/principal';
import { Outbox } from '../mail/outbox.service';
import { Tickets } from '../ticket/tickets.service';
import type { UserEntity } from '../user/user.entity';
import type { AccountSnapshot } from './account-snapshots.service';
import { MAIL_WAIT_SECONDS, UNDO_SECONDS } from './auth-lifetimes';

/** What was changed about how somebody gets into an account. Also the kind of its mail. */
export const ACCOUNT_CHANGES = [
  'password-changed',
  'address-changed',
  'factor-enabled',
  'factor-disabled',
  'recovery-codes-replaced',
] as const;

export type AccountChange = (typeof ACCOUNT_CHANGES)[number];

/** Tells an owner of a change, at the address before it, with a link that undoes it. */
@Injectable()
export class ChangeNotices {
  constructor(
    private readonly clock: Clock,
    private readonly tickets: Tickets,
    private readonly outbox: Outbox,
  ) {}

  /** An address that was never proved is told nothing: it gives no authority, least of all over an undo. */
  async tell(
    tx: Tx,
    user: UserEntity,
    change: AccountChange,
    before: AccountSnapshot,
    { network }: Caller,
  ): Promise<void> {
    if (before.email === null || before.emailVerifiedAt === null) return;
    const ticketId = await this.tickets.issue(tx, {
      purpose: 'undo',
      userId: user.id,
      payload: { ...before },
      waitSeconds: MAIL_WAIT_SECONDS + UNDO_SECONDS,
    });
    const isMailed = await this.outbox.enqueue(tx, {
      kind: change,
      recipient: before.email,
      locale: user.locale,
      userId: user.id,
      ticketId,
      facts: { whenIso: this.clock.now().toISOString(), network },
      urgency: 'notice',
    });
    if (!isMailed) await this.tickets.void(tx, ticketId);
  }
}
