import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import { MINUTE_SECONDS } from '../../../kernel/clock';
import { MailPreparers, type MailDraft, type MailPreparer, type OutboxMail } from '../../mail/mail-preparers.service';
import { Tickets } from '../../ticket/tickets.service';
import { TEMPORARY_PASSWORD_SECONDS } from '../auth-lifetimes';

/** Draws a temporary password as its mail is handed over. Dropped once any change of the account has voided its ticket. */
@Injectable()
export class TemporaryPasswordMail implements MailPreparer, OnModuleInit {
  constructor(
    private readonly preparers: MailPreparers,
    private readonly tickets: Tickets,
  ) {}

  onModuleInit(): void {
    this.preparers.register('temporary-password', this);
  }

  async prepare(tx: Tx, { ticketId, recipient, locale }: OutboxMail): Promise<MailDraft | null> {
    const password = ticketId === null ? null : await this.tickets.draw(tx, ticketId, TEMPORARY_PASSWORD_SECONDS);
    if (password === null) return null;
    const minutes = TEMPORARY_PASSWORD_SECONDS / MINUTE_SECONDS;
    return { to: recipient, locale, message: { template: 'temporary-password', password, minutes } };
  }
}
