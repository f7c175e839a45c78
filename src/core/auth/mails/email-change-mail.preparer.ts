import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import { canonicalIdentifier } from '../../../kernel/canonical';
import { MINUTE_SECONDS } from '../../../kernel/clock';
import type { MailDraft, MailPreparer, OutboxMail } from '../../mail/mail-preparers.service';
import { Tickets } from '../../ticket/tickets.service';
import { Users } from '../../user/users.repository';
import { EMAIL_CHANGE_SECONDS } from '../auth-lifetimes';
import { MailedLinks } from '../mailed-links.service';

/** The link that makes an address an account's, mailed to that address; or word to its owner, where it is in use. */
@Injectable()
export class EmailChangeMail implements MailPreparer {
  constructor(
    private readonly users: Users,
    private readonly tickets: Tickets,
    private readonly links: MailedLinks,
  ) {}

  async prepare(tx: Tx, mail: OutboxMail): Promise<MailDraft | null> {
    if (mail.ticketId === null) return null;
    const holder = await this.users.findByEmail(tx, canonicalIdentifier(mail.recipient));
    if (holder?.emailVerifiedAt && holder.email !== null && holder.id !== mail.userId) {
      await this.tickets.void(tx, mail.ticketId);
      return { to: holder.email, locale: holder.locale, message: { template: 'address-wanted' } };
    }
    const secret = await this.tickets.draw(tx, mail.ticketId, EMAIL_CHANGE_SECONDS);
    if (secret === null) return null;
    return {
      to: mail.recipient,
      locale: mail.locale,
      message: {
        template: 'email-change',
        link: this.links.emailChange(secret),
        minutes: EMAIL_CHANGE_SECONDS / MINUTE_SECONDS,
      },
    };
  }
}
