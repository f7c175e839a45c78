import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { Clock } from '../../kernel/clock';
import type { MailDraft, OutboxMail } from './mail-preparers.service';
import type { MailMessage } from './mail-message';
import { MailRenderer } from './mail-renderer.service';
import type { OutgoingMail } from './mail-transport.port';

/** Makes of a row and its draft the mail that goes over the wire. */
@Injectable()
export class MailComposer {
  private readonly idHost: string;
  private readonly showsTicket: boolean;

  constructor(
    private readonly clock: Clock,
    private readonly renderer: MailRenderer,
    settings: Settings,
  ) {
    this.idHost = new URL(settings.publicUrl).hostname;
    this.showsTicket = settings.legacySpellings;
  }

  /** The same Message-ID for a row at every attempt, whichever process makes it. */
  compose(mail: OutboxMail, draft: MailDraft): OutgoingMail {
    return {
      messageId: `<${mail.id}@${this.idHost}>`,
      to: draft.to,
      sentAt: this.clock.now(),
      ...this.renderer.render(draft.message, draft.locale),
      ...(this.showsTicket ? ticketHeader(draft.message) : {}),
    };
  }
}

/** Older clients' scripts read the ticket from a header instead of the link. */
function ticketHeader(message: MailMessage): { headers?: Readonly<Record<string, string>> } {
  if (!('link' in message)) return {};
  const parameters = new URL(message.link).searchParams;
  const ticket = parameters.get('ticket') ?? parameters.get('token');
  return ticket === null ? {} : { headers: { 'X-Ticket': ticket } };
}
