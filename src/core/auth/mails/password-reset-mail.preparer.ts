import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import { canonicalIdentifier } from '../../../kernel/canonical';
import { MINUTE_SECONDS } from '../../../kernel/clock';
import type { MailDraft, MailPreparer, OutboxMail } from '../../mail/mail-preparers.service';
import { Tickets } from '../../ticket/tickets.service';
import type { UserEntity } from '../../user/user.entity';
import { Users } from '../../user/users.repository';
import { RESET_SECONDS } from '../auth-lifetimes';
import { ResetLinks } from './reset-links.service';

/** A link to choose a password, for an account or for a registration that still waits. */
@Injectable()
export class PasswordResetMail implements MailPreparer {
  constructor(
    private readonly users: Users,
    private readonly tickets: Tickets,
    private readonly resetLinks: ResetLinks,
  ) {}

  async prepare(tx: Tx, mail: OutboxMail): Promise<MailDraft | null> {
    const subject = canonicalIdentifier(mail.recipient);
    const holder = await this.users.findByEmail(tx, subject);
    if (!(await this.hasOne(tx, subject, holder, mail))) return null;
    // always to the address on file: a look-alike spelling must not receive another's link
    const email = holder?.email ?? mail.recipient;
    const link = await this.resetLinks.draw(tx, {
      // a link about an unproved address is the mailbox's, not the account's: it must outlive what its holder does
      userId: holder?.emailVerifiedAt ? holder.id : null,
      subject,
      email,
      username: isNamed(mail) && holder ? holder.username : null,
      isForClientPage: mail.facts['isForClientPage'] === true,
    });
    return {
      to: email,
      locale: holder?.locale ?? mail.locale,
      message: { template: 'password-reset', link, minutes: RESET_SECONDS / MINUTE_SECONDS },
    };
  }

  /** Where the request named a username, nothing but an account of both names will do. */
  private async hasOne(tx: Tx, subject: string, holder: UserEntity | null, mail: OutboxMail): Promise<boolean> {
    if (isNamed(mail)) return holder?.usernameCanonical === mail.facts['username'];
    return holder !== null || (await this.tickets.isRegistrationPending(tx, subject));
  }
}

function isNamed({ facts }: OutboxMail): boolean {
  return typeof facts['username'] === 'string';
}
