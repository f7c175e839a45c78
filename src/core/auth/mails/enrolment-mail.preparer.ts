import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import { canonicalIdentifier } from '../../../kernel/canonical';
import { MINUTE_SECONDS } from '../../../kernel/clock';
import { MailPreparers, type MailDraft, type MailPreparer, type OutboxMail } from '../../mail/mail-preparers.service';
import { MailedCodes } from '../../ticket/mailed-codes.service';
import { Tickets } from '../../ticket/tickets.service';
import { Users } from '../../user/users.repository';
import { CODE_SECONDS } from '../auth-lifetimes';
import { MailedLinks } from '../mailed-links.service';
import { AccountExistsMails } from './account-exists-mails.service';

/** The code and the link of an enrolment; or word to whoever has the address, and a decoy in the code's place. */
@Injectable()
export class EnrolmentMail implements MailPreparer, OnModuleInit {
  constructor(
    private readonly preparers: MailPreparers,
    private readonly users: Users,
    private readonly tickets: Tickets,
    private readonly codes: MailedCodes,
    private readonly links: MailedLinks,
    private readonly accountExists: AccountExistsMails,
  ) {}

  onModuleInit(): void {
    this.preparers.register('enrolment', this);
  }

  async prepare(tx: Tx, mail: OutboxMail): Promise<MailDraft | null> {
    if (mail.ticketId === null) return null;
    const holder = await this.users.findByEmail(tx, canonicalIdentifier(mail.recipient));
    if (holder) {
      const isOpen = await this.codes.drawDecoy(tx, mail.ticketId, CODE_SECONDS);
      return isOpen ? this.accountExists.draft(tx, holder) : null;
    }
    // null for one that is void: asking for its code goes on doing the same, and mails nothing
    const code = await this.codes.draw(tx, mail.ticketId, CODE_SECONDS);
    const secret = await this.tickets.draw(tx, mail.ticketId, CODE_SECONDS);
    if (code === null || secret === null) return null;
    const minutes = CODE_SECONDS / MINUTE_SECONDS;
    const message = { template: 'enrolment', code, link: this.links.enrolment(secret), minutes } as const;
    return { to: mail.recipient, locale: mail.locale, message };
  }
}
