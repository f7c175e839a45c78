import type { Database } from '../../database/database.service';
import { DevelopmentMailEntity } from './development-mail.entity';
import { isMailable } from './mailable-address';
import { MailTransportError } from './mail-transport.error';
import { MailTransport, type OutgoingMail } from './mail-transport.port';

/** Keeps mails where a developer can open them, instead of sending them. */
export class DevelopmentMailTransport extends MailTransport {
  constructor(private readonly database: Database) {
    super();
  }

  async deliver(mail: OutgoingMail, signal: AbortSignal): Promise<void> {
    if (!isMailable(mail.to)) throw new MailTransportError('unusable', 'EENVELOPE');
    if (signal.aborted) throw new MailTransportError('deferred', 'EABORT');
    const { messageId, to, subject, text, html, sentAt } = mail;
    await this.database.pool
      .getRepository(DevelopmentMailEntity)
      .insert({ messageId, recipient: to, subject, text, html, sentAt });
  }

  /** The mailbox is a table of the database, whose readiness is told apart. */
  check(): Promise<void> {
    return Promise.resolve();
  }
}
