import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import { canonicalIdentifier } from '../../../kernel/canonical';
import { HOUR_SECONDS } from '../../../kernel/clock';
import type { MailDraft, MailPreparer, OutboxMail } from '../../mail/mail-preparers.service';
import { Tickets } from '../../ticket/tickets.service';
import { Users } from '../../user/users.repository';
import { ACTIVATION_SECONDS } from '../auth-lifetimes';
import { MailedLinks } from '../mailed-links.service';
import { AccountExistsMails } from './account-exists-mails.service';

/** What a registration mails: an activation link, or, to the owner of an address in use, that he has an account. */
@Injectable()
export class RegistrationMail implements MailPreparer {
  constructor(
    private readonly users: Users,
    private readonly tickets: Tickets,
    private readonly links: MailedLinks,
    private readonly accountExists: AccountExistsMails,
  ) {}

  async prepare(tx: Tx, mail: OutboxMail): Promise<MailDraft | null> {
    if (mail.ticketId === null) return null;
    const owner = await this.users.findByEmail(tx, canonicalIdentifier(mail.recipient));
    const isForAnyHolder = mail.facts['isForAnyHolder'] === true;
    if (owner && (isForAnyHolder || owner.emailVerifiedAt)) {
      await this.tickets.void(tx, mail.ticketId);
      return this.accountExists.draft(tx, owner);
    }
    const secret = await this.tickets.draw(tx, mail.ticketId, ACTIVATION_SECONDS);
    if (secret === null) return null;
    return {
      to: mail.recipient,
      locale: mail.locale,
      message: {
        template: 'activation',
        // contracts that know no activation verify the address
        link: isForAnyHolder ? this.links.emailVerification(secret) : this.links.activation(secret),
        hours: ACTIVATION_SECONDS / HOUR_SECONDS,
      },
    };
  }
}
