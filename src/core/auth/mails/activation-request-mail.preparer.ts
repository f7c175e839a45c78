import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import { canonicalIdentifier } from '../../../kernel/canonical';
import { HOUR_SECONDS } from '../../../kernel/clock';
import type { MailDraft, MailPreparer, OutboxMail } from '../../mail/mail-preparers.service';
import { Tickets } from '../../ticket/tickets.service';
import { Users } from '../../user/users.repository';
import { ACTIVATION_SECONDS } from '../auth-lifetimes';
import { ResetLinks } from './reset-links.service';
import { VerificationMails } from './verification-mails.service';

/**
 * What asking for another activation mail brings: a link to choose a password where a registration waits, a
 * verification link where an account holds the address unproved, nothing where there is nothing to prove.
 */
@Injectable()
export class ActivationRequestMail implements MailPreparer {
  constructor(
    private readonly users: Users,
    private readonly tickets: Tickets,
    private readonly verifications: VerificationMails,
    private readonly resetLinks: ResetLinks,
  ) {}

  async prepare(tx: Tx, mail: OutboxMail): Promise<MailDraft | null> {
    const subject = canonicalIdentifier(mail.recipient);
    const holder = await this.users.findByEmail(tx, subject);
    if (holder?.emailVerifiedAt) return null;
    if (holder) return this.verifications.draft(tx, holder);
    if (!(await this.tickets.isRegistrationPending(tx, subject))) return null;
    const target = { userId: null, subject, email: mail.recipient };
    const link = await this.resetLinks.draw(tx, target, ACTIVATION_SECONDS);
    return {
      to: mail.recipient,
      locale: mail.locale,
      message: { template: 'choose-password', link, hours: ACTIVATION_SECONDS / HOUR_SECONDS },
    };
  }
}
