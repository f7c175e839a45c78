import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import { HOUR_SECONDS } from '../../../kernel/clock';
import type { MailDraft } from '../../mail/mail-preparers.service';
import { Tickets } from '../../ticket/tickets.service';
import type { UserEntity } from '../../user/user.entity';
import { ACTIVATION_SECONDS } from '../auth-lifetimes';
import { MailedLinks } from '../mailed-links.service';

/** The link that proves the address of an account that exists. */
@Injectable()
export class VerificationMails {
  constructor(
    private readonly tickets: Tickets,
    private readonly links: MailedLinks,
  ) {}

  async draft(tx: Tx, holder: UserEntity): Promise<MailDraft | null> {
    const ticketId = await this.tickets.issue(tx, {
      purpose: 'verify-email',
      userId: holder.id,
      subject: holder.emailCanonical,
      waitSeconds: ACTIVATION_SECONDS,
    });
    const secret = await this.tickets.draw(tx, ticketId, ACTIVATION_SECONDS);
    if (secret === null || holder.email === null) return null;
    const link = this.links.emailVerification(secret);
    const message = { template: 'verify-email', link, hours: ACTIVATION_SECONDS / HOUR_SECONDS } as const;
    return { to: holder.email, locale: holder.locale, message };
  }
}
