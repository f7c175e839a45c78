/** A mail as it goes over the wire, secrets and all: it is never stored or logged. */
export interface OutgoingMail {
  /** `<…@…>`, the same at every attempt: a second copy is recognised as one (RFC 5322 §3.6.4). */
  readonly messageId: string;
  /** One address, not a list. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly sentAt: Date;
  /** Beyond those that every mail has. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Hands mails over to whoever brings them to their mailbox. */
export abstract class MailTransport {
  /**
   * Resolves once the mail has been taken over for good.
   *
   * @param signal gives the attempt up
   * @throws MailTransportError when it was not, or when nobody can tell
   */
  abstract deliver(mail: OutgoingMail, signal: AbortSignal): Promise<void>;

  /**
   * Whether mails would be taken right now, without sending one.
   *
   * @throws MailTransportError when not
   */
  abstract check(): Promise<void>;
}
