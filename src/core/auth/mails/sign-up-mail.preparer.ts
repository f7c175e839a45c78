import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import { canonicalIdentifier } from '../../../kernel/canonical';
import { MailPreparers, type MailDraft, type MailPreparer, type OutboxMail } from '../../mail/mail-preparers.service';
import { Users } from '../../user/users.repository';
import { AccountExistsMails } from './account-exists-mails.service';
import { VerificationMails } from './verification-mails.service';

/** What a registration that makes an account at once mails: a verification link, or word to whoever has the address. */
@Injectable()
export class SignUpMail implements MailPreparer, OnModuleInit {
  constructor(
    private readonly preparers: MailPreparers,
    private readonly users: Users,
    private readonly verifications: VerificationMails,
    private readonly accountExists: AccountExistsMails,
  ) {}

  onModuleInit(): void {
    this.preparers.register('sign-up', this);
  }

  async prepare(tx: Tx, { recipient, userId, facts }: OutboxMail): Promise<MailDraft | null> {
    const holder = await this.users.findByEmail(tx, canonicalIdentifier(recipient));
    if (!holder) return null;
    // it made no account: another held the address
    if (userId === null) return this.accountExists.draft(tx, holder);
    const isWanted = facts['isLinkMailed'] === true && holder.id === userId && holder.emailVerifiedAt === null;
    return isWanted ? this.verifications.draft(tx, holder) : null;
  }
}
