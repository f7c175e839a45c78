import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import { canonicalIdentifier } from '../../../kernel/canonical';
import { MINUTE_SECONDS } from '../../../kernel/clock';
import { MailPreparers, type MailDraft, type MailPreparer, type OutboxMail } from '../../mail/mail-preparers.service';
import { MailedCodes } from '../../ticket/mailed-codes.service';
import { Tickets } from '../../ticket/tickets.service';
import { Users } from '../../user/users.repository';
import { CODE_SECONDS } from '../auth-lifetimes';
import { ResetLinks } from './reset-links.service';

/** A code to set a password with, and a link that does the same without one; a decoy where there is no account. */
@Injectable()
export class ResetCodeMail implements MailPreparer, OnModuleInit {
  constructor(
    private readonly preparers: MailPreparers,
    private readonly users: Users,
    private readonly tickets: Tickets,
    private readonly codes: MailedCodes,
    private readonly resetLinks: ResetLinks,
  ) {}

  onModuleInit(): void {
    this.preparers.register('reset-code', this);
  }

  async prepare(tx: Tx, mail: OutboxMail): Promise<MailDraft | null> {
    if (mail.ticketId === null) return null;
    const subject = canonicalIdentifier(mail.recipient);
    const holder = await this.users.findByEmail(tx, subject);
    const code = await this.draw(tx, mail.ticketId, holder !== null || (await this.isPending(tx, subject)));
    if (code === null) return null;
    // always to the address on file: a look-alike spelling must not receive another's code
    const email = holder?.email ?? mail.recipient;
    const userId = holder?.emailVerifiedAt ? holder.id : null;
    const link = await this.resetLinks.draw(tx, { userId, subject, email }, CODE_SECONDS);
    const minutes = CODE_SECONDS / MINUTE_SECONDS;
    return {
      to: email,
      locale: holder?.locale ?? mail.locale,
      message: { template: 'reset-code', code, link, minutes },
    };
  }

  private isPending(tx: Tx, subject: string): Promise<boolean> {
    return this.tickets.isRegistrationPending(tx, subject);
  }

  private async draw(tx: Tx, ticketId: string, isForSomebody: boolean): Promise<string | null> {
    if (isForSomebody) return this.codes.draw(tx, ticketId, CODE_SECONDS);
    await this.codes.drawDecoy(tx, ticketId, CODE_SECONDS);
    return null;
  }
}
