import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import { canonicalIdentifier, normalizeEmail } from '../../kernel/canonical';
import type { Principal } from '../../kernel/principal';
import { Outbox } from '../mail/outbox.service';
import { Tickets } from '../ticket/tickets.service';
import { EMAIL_CHANGE_SECONDS, MAIL_WAIT_SECONDS } from './auth-lifetimes';
import { LiveSession } from './live-session.service';
import { RecentProof } from './recent-proof.service';

export interface RequestEmailChangeCommand {
  readonly principal: Principal;
  readonly newEmail: string;
}

/** Asks for another address. The new one is mailed a ticket; whether it is in use is told to its owner alone. */
@Injectable()
export class RequestEmailChange {
  constructor(
    private readonly database: Database,
    private readonly recentProof: RecentProof,
    private readonly liveSession: LiveSession,
    private readonly tickets: Tickets,
    private readonly outbox: Outbox,
  ) {}

  /** @throws AppError `reauthentication-required`, `session-ended` */
  async execute({ principal, newEmail }: RequestEmailChangeCommand): Promise<void> {
    this.recentProof.demand(principal);
    const email = normalizeEmail(newEmail);
    const { userId, sessionId } = principal;
    await this.database.transaction(async (tx) => {
      await this.liveSession.lock(tx, principal);
      const ticketId = await this.tickets.issue(tx, {
        purpose: 'change-email',
        subject: canonicalIdentifier(email),
        userId,
        payload: { email, sessionId },
        waitSeconds: MAIL_WAIT_SECONDS + EMAIL_CHANGE_SECONDS,
      });
      const mail = { kind: 'email-change', recipient: email, ticketId, userId, urgency: 'asked' } as const;
      if (!(await this.outbox.enqueue(tx, mail))) await this.tickets.void(tx, ticketId);
    });
  }
}
