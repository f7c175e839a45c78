import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import { DAY_SECONDS } from '../../../kernel/clock';
import type { MailDraft, MailPreparer, OutboxMail } from '../../mail/mail-preparers.service';
import { Tickets } from '../../ticket/tickets.service';
import { UNDO_SECONDS } from '../auth-lifetimes';
import { ACCOUNT_CHANGES } from '../account-change';
import { MailedLinks } from '../mailed-links.service';

/** Tells of a change, with the link that undoes it. Dropped once the change has been undone. */
@Injectable()
export class ChangeNoticeMail implements MailPreparer {
  constructor(
    private readonly tickets: Tickets,
    private readonly links: MailedLinks,
  ) {}

  async prepare(tx: Tx, mail: OutboxMail): Promise<MailDraft | null> {
    const template = ACCOUNT_CHANGES.find((change) => change === mail.kind);
    const isUndoable = mail.ticketId !== null;
    const secret = isUndoable ? await this.tickets.draw(tx, mail.ticketId, UNDO_SECONDS) : null;
    if (!template || (isUndoable && secret === null)) return null;
    const { whenIso, network, asksFor, hasSignedOut, formerUntil } = mail.facts;
    return {
      to: mail.recipient,
      locale: mail.locale,
      message: {
        template,
        whenIso: String(whenIso),
        network: String(network),
        hasSignedOut: hasSignedOut !== false,
        asksFor: asksFor === 'master-password' ? asksFor : 'password',
        formerUntilIso: typeof formerUntil === 'string' ? formerUntil : null,
        undoLink: secret === null ? null : this.links.undo(secret),
        days: UNDO_SECONDS / DAY_SECONDS,
      },
    };
  }
}
