import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import type { MailMessage } from './mail-message';

/** What a mail is about, besides its recipient: small, printable, and never a secret. */
export type MailFacts = Readonly<Record<string, string | number | boolean | null>>;

/** A row of the outbox as a preparer sees it. */
export interface OutboxMail {
  readonly id: string;
  readonly kind: string;
  /** The address it was asked for, as it was given. */
  readonly recipient: string;
  readonly locale: string | null;
  readonly facts: MailFacts;
  readonly ticketId: string | null;
  readonly userId: string | null;
  /** Which attempt this is, from 1. Also the fence: whoever claims the row later has a higher one. */
  readonly attempt: number;
  readonly createdAt: Date;
}

export interface MailDraft {
  readonly to: string;
  readonly locale: string | null;
  readonly message: MailMessage;
}

/**
 * Makes one kind of mail at the moment it is handed over. Secrets are drawn here, inside `tx`, which commits before the
 * mail goes out: their life starts now, and each attempt draws its own. `null`: there is nobody to tell, the mail is
 * dropped.
 */
export interface MailPreparer {
  prepare(tx: Tx, mail: OutboxMail): Promise<MailDraft | null>;
}

/** Who makes which kind of mail. Rooms that send mails register at start. */
@Injectable()
export class MailPreparers {
  private readonly preparers = new Map<string, MailPreparer>();

  /** @throws Error when the kind has a preparer already */
  register(kind: string, preparer: MailPreparer): void {
    if (this.preparers.has(kind)) throw new Error(`mail kind ${kind} is registered twice`);
    this.preparers.set(kind, preparer);
  }

  find(kind: string): MailPreparer | null {
    return this.preparers.get(kind) ?? null;
  }
}
