import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import { canonicalIdentifier } from '../../../kernel/canonical';
import { HOUR_SECONDS, MINUTE_SECONDS } from '../../../kernel/clock';
import type { MailDraft, MailPreparer, OutboxMail } from '../../mail/mail-preparers.service';
import { Tickets } from '../../ticket/tickets.service';
import type { UserEntity } from '../../user/user.entity';
import { Users } from '../../user/users.repository';
import { ACTIVATION_SECONDS, RESET_SECONDS } from '../auth-lifetimes';
import { MailedLinks } from '../mailed-links.service';
import { ResetLinks } from './reset-links.service';

/** What a registration mails: an activation link, or, to the owner of an address in use, that he has an account. */
@Injectable()
export class RegistrationMail implements MailPreparer {
  constructor(
    private readonly users: Users,
    private readonly tickets: Tickets,
    private readonly links: MailedLinks,
    private readonly resetLinks: ResetLinks,
  ) {}

  async prepare(tx: Tx, mail: OutboxMail): Promise<MailDraft | null> {
    if (mail.ticketId === null) return null;
    const owner = await this.users.findByEmail(tx, canonicalIdentifier(mail.recipient));
    if (owner?.emailVerifiedAt) {
      await this.tickets.void(tx, mail.ticketId);
      return this.tellOwner(tx, owner);
    }
    const secret = await this.tickets.draw(tx, mail.ticketId, ACTIVATION_SECONDS);
    if (secret === null) return null;
    return {
      to: mail.recipient,
      locale: mail.locale,
      message: {
        template: 'activation',
        link: this.links.activation(secret),
        hours: ACTIVATION_SECONDS / HOUR_SECONDS,
      },
    };
  }

  private async tellOwner(tx: Tx, owner: UserEntity): Promise<MailDraft | null> {
    if (owner.email === null || owner.emailCanonical === null) return null;
    const resetLink = await this.resetLinks.draw(tx, {
      userId: owner.id,
      subject: owner.emailCanonical,
      email: owner.email,
    });
    return {
      to: owner.email,
      locale: owner.locale,
      message: { template: 'account-exists', resetLink, minutes: RESET_SECONDS / MINUTE_SECONDS },
    };
  }
}
