import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import { canonicalIdentifier } from '../../../kernel/canonical';
import { HOUR_SECONDS } from '../../../kernel/clock';
import type { MailDraft, MailPreparer, OutboxMail } from '../../mail/mail-preparers.service';
import { Tickets } from '../../ticket/tickets.service';
import type { UserEntity } from '../../user/user.entity';
import { Users } from '../../user/users.repository';
import { ACTIVATION_SECONDS } from '../auth-lifetimes';
import { MailedLinks } from '../mailed-links.service';
import { ResetLinks } from './reset-links.service';

/**
 * What asking for another activation mail brings: a link to choose a password where a registration waits, a
 * verification link where an account holds the address unproved, nothing where there is nothing to prove.
 */
@Injectable()
export class ActivationRequestMail implements MailPreparer {
  constructor(
    private readonly users: Users,
    private readonly tickets: Tickets,
    private readonly links: MailedLinks,
    private readonly resetLinks: ResetLinks,
  ) {}

  async prepare(tx: Tx, mail: OutboxMail): Promise<MailDraft | null> {
    const subject = canonicalIdentifier(mail.recipient);
    const holder = await this.users.findByEmail(tx, subject);
    if (holder?.emailVerifiedAt) return null;
    if (holder) return this.verification(tx, holder, subject);
    if (!(await this.tickets.isRegistrationPending(tx, subject))) return null;
    const target = { userId: null, subject, email: mail.recipient };
    const link = await this.resetLinks.draw(tx, target, ACTIVATION_SECONDS);
    return {
      to: mail.recipient,
      locale: mail.locale,
      message: { template: 'choose-password', link, hours: ACTIVATION_SECONDS / HOUR_SECONDS },
    };
  }

  private async verification(tx: Tx, holder: UserEntity, subject: string): Promise<MailDraft | null> {
    const ticketId = await this.tickets.issue(tx, {
      purpose: 'verify-email',
      userId: holder.id,
      subject,
      waitSeconds: ACTIVATION_SECONDS,
    });
    const secret = await this.tickets.draw(tx, ticketId, ACTIVATION_SECONDS);
    if (secret === null || holder.email === null) return null;
    return {
      to: holder.email,
      locale: holder.locale,
      message: {
        template: 'verify-email',
        link: this.links.emailVerification(secret),
        hours: ACTIVATION_SECONDS / HOUR_SECONDS,
      },
    };
  }
}
