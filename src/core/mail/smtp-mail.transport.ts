import { createTransport, type SMTPTransportOptions } from 'nodemailer';
import { isLoopbackUrl } from '../../config/settings';
import { isMailable } from './mailable-address';
import { MailTransport, type OutgoingMail } from './mail-transport.port';
import { MailTransportError } from './mail-transport.error';
import { smtpFailure } from './smtp-failure';

export interface SmtpTimeouts {
  readonly connectMs: number;
  readonly greetingMs: number;
  /** Silence on a connection. A server that scans a mail before it answers DATA takes its time. */
  readonly silenceMs: number;
}

const TIMEOUTS: SmtpTimeouts = { connectMs: 10_000, greetingMs: 15_000, silenceMs: 60_000 };

export interface SmtpMailTransportOptions {
  /** `smtp://user:password@host:port` or `smtps://…`; nodemailer's options may follow as a query. */
  readonly url: string;
  readonly from: string;
  readonly timeouts?: SmtpTimeouts;
}

/**
 * Hands mails to an SMTP server, each over a connection of its own: a pool would send a mail again by itself when its
 * connection dies, behind the outbox's back.
 */
export class SmtpMailTransport extends MailTransport {
  private readonly transporter: ReturnType<typeof connect>;

  constructor(private readonly options: SmtpMailTransportOptions) {
    super();
    this.transporter = connect(options);
  }

  async deliver(mail: OutgoingMail, signal: AbortSignal): Promise<void> {
    if (!isMailable(mail.to)) throw new MailTransportError('unusable', 'EENVELOPE');
    try {
      await this.transporter.sendMail({
        from: this.options.from,
        // an object, or the text would be read as a list of recipients
        to: { name: '', address: mail.to },
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        messageId: mail.messageId,
        date: mail.sentAt,
        headers: {
          ...mail.headers,
          // RFC 3834 §5: no auto-reply to this; Exchange listens to its own header only
          'Auto-Submitted': 'auto-generated',
          'X-Auto-Response-Suppress': 'All',
        },
        disableFileAccess: true,
        disableUrlAccess: true,
        signal,
      });
    } catch (error) {
      throw smtpFailure(error);
    }
  }

  async check(): Promise<void> {
    try {
      await this.transporter.verify();
    } catch (error) {
      throw smtpFailure(error);
    }
  }
}

function connect({ url, timeouts = TIMEOUTS }: SmtpMailTransportOptions) {
  const isLoopback = isLoopbackUrl(url);
  const options: SMTPTransportOptions = {
    connectionTimeout: timeouts.connectMs,
    dnsTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.greetingMs,
    socketTimeout: timeouts.silenceMs,
    // A password never goes over an open line: whoever strips STARTTLS from the greeting would read it.
    requireTLS: !isLoopback && new URL(url).username !== '',
    // Nobody sits between this machine and itself, and no authority signs for loopback names.
    tls: isLoopback ? { rejectUnauthorized: false } : {},
    // what the URL says wins over the lines above
    url,
  };
  return createTransport(options);
}
