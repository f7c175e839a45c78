import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import { MINUTE_SECONDS } from '../../../kernel/clock';
import type { MailDraft } from '../../mail/mail-preparers.service';
import type { UserEntity } from '../../user/user.entity';
import { RESET_SECONDS } from '../auth-lifetimes';
import { ResetLinks } from './reset-links.service';

/** Tells the mailbox of an address in use that somebody registered it again, with a link to choose a password. */
@Injectable()
export class AccountExistsMails {
  constructor(private readonly resetLinks: ResetLinks) {}

  async draft(tx: Tx, holder: UserEntity): Promise<MailDraft | null> {
    if (holder.email === null || holder.emailCanonical === null) return null;
    // a link about an unproved address is the mailbox's, not the account's
    const userId = holder.emailVerifiedAt ? holder.id : null;
    const resetLink = await this.resetLinks.draw(tx, { userId, subject: holder.emailCanonical, email: holder.email });
    const message = { template: 'account-exists', resetLink, minutes: RESET_SECONDS / MINUTE_SECONDS } as const;
    return { to: holder.email, locale: holder.locale, message };
  }
}
