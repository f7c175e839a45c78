import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import { Tickets } from '../../ticket/tickets.service';
import { RESET_SECONDS } from '../auth-lifetimes';
import { MailedLinks } from '../mailed-links.service';

export interface ResetLinkTarget {
  /** Null: no account yet, only a registration that waits. */
  readonly userId: string | null;
  /** The address in canonical form, which spending the link proves. */
  readonly subject: string;
  /** The address as the account will show it, should the link make one. */
  readonly email: string;
  /** The username that the link's request has named, which an account that the link makes or takes over keeps. */
  readonly username?: string | null;
  /** A page of the operator's instead of the service's own. */
  readonly isForClientPage?: boolean;
}

/** Draws a link to choose a password, as its mail is handed over. */
@Injectable()
export class ResetLinks {
  constructor(
    private readonly tickets: Tickets,
    private readonly links: MailedLinks,
  ) {}

  async draw(tx: Tx, target: ResetLinkTarget, lifeSeconds = RESET_SECONDS): Promise<string> {
    const { userId, subject, email, username = null } = target;
    const ticketId = await this.tickets.issue(tx, {
      purpose: 'reset-password',
      userId,
      subject,
      payload: { email, username },
      waitSeconds: lifeSeconds,
    });
    const secret = await this.tickets.draw(tx, ticketId, lifeSeconds);
    if (secret === null) throw new Error('a ticket issued in this transaction cannot be drawn');
    return target.isForClientPage === true ? this.links.clientPasswordReset(secret) : this.links.passwordReset(secret);
  }
}
