import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import { Outbox } from '../../mail/outbox.service';
import { Tickets, type Ticket } from '../../ticket/tickets.service';
import type { UserEntity } from '../../user/user.entity';
import { MAIL_WAIT_SECONDS, TEMPORARY_PASSWORD_SECONDS } from '../auth-lifetimes';

const PURPOSE = 'temporary-password';

/**
 * Passwords that are good for choosing a new one, once, and for nothing else: tickets, 256 random bits each, of which
 * only a digest is kept. Every change of password, address or factor voids them.
 */
@Injectable()
export class TemporaryPasswords {
  constructor(
    private readonly tickets: Tickets,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Mails one to the account's proved address. Past that address's limit of mails there is none, and nothing says so.
   * Returned only where there is no such address to mail it to; else null.
   */
  async give(tx: Tx, { id, email, emailVerifiedAt, locale }: UserEntity): Promise<string | null> {
    const mailbox = emailVerifiedAt === null ? null : email;
    const waitSeconds = TEMPORARY_PASSWORD_SECONDS + (mailbox === null ? 0 : MAIL_WAIT_SECONDS);
    const ticketId = await this.tickets.issue(tx, { purpose: PURPOSE, userId: id, waitSeconds });
    if (mailbox === null) return this.tickets.draw(tx, ticketId, TEMPORARY_PASSWORD_SECONDS);
    const isMailed = await this.outbox.enqueue(tx, {
      kind: PURPOSE,
      recipient: mailbox,
      locale,
      ticketId,
      userId: id,
      urgency: 'asked',
      // who asks has shown a code of the account
      isVouched: true,
    });
    if (!isMailed) await this.tickets.void(tx, ticketId);
    return null;
  }

  /** Looks whether a text is one, without spending it. */
  find(tx: Tx, text: string): Promise<Ticket | null> {
    return this.tickets.peek(tx, PURPOSE, text);
  }

  /** Of any number of callers with the same one, one gets true. */
  async spend(tx: Tx, text: string): Promise<boolean> {
    return (await this.tickets.claim(tx, PURPOSE, text)) !== null;
  }
}
