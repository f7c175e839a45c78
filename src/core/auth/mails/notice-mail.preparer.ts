import type { Tx } from '../../../database/database.service';
import type { MailMessage } from '../../mail/mail-message';
import type { MailDraft, MailPreparer, OutboxMail } from '../../mail/mail-preparers.service';

/** A notice says what its outbox row holds: it carries no secret, so there is nothing to draw. */
export class NoticeMail implements MailPreparer {
  constructor(private readonly compose: (facts: OutboxMail['facts']) => MailMessage) {}

  prepare(_tx: Tx, mail: OutboxMail): Promise<MailDraft | null> {
    return Promise.resolve({ to: mail.recipient, locale: mail.locale, message: this.compose(mail.facts) });
  }
}

function text(fact: OutboxMail['facts'][string] | undefined): string {
  return fact === undefined || fact === null ? '' : String(fact);
}

export const noticeMails: Readonly<Record<string, NoticeMail>> = {
  'session-ended-by-reuse': new NoticeMail((facts) => ({
    template: 'session-ended-by-reuse',
    whenIso: text(facts.whenIso),
    userAgent: text(facts.userAgent),
    network: text(facts.network),
  })),
  'address-taken-back': new NoticeMail((facts) => ({
    template: 'address-taken-back',
    whenIso: text(facts.whenIso),
    network: text(facts.network),
  })),
  'address-reclaimed': new NoticeMail((facts) => ({
    template: 'address-reclaimed',
    whenIso: text(facts.whenIso),
    network: text(facts.network),
    username: text(facts.username),
  })),
  'account-deleted': new NoticeMail((facts) => ({ template: 'account-deleted', whenIso: text(facts.whenIso) })),
};
