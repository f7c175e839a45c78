import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import { canonicalIdentifier } from '../../../kernel/canonical';
import { MINUTE_SECONDS } from '../../../kernel/clock';
import { MailPreparers, type MailDraft, type MailPreparer, type OutboxMail } from '../../mail/mail-preparers.service';
import { MailedCodes } from '../../ticket/mailed-codes.service';
import { Tickets } from '../../ticket/tickets.service';
import type { UserEntity } from '../../user/user.entity';
import { Users } from '../../user/users.repository';
import { CODE_SECONDS, RESET_SECONDS } from '../auth-lifetimes';
import { ResetLinks } from './reset-links.service';
import { linkedIn, unlinked } from './unlinked';

const LONGEST_SHOWN = 64;

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
    const link = await this.resetLinks.draw(tx, { userId, subject, email });
    const [minutes, linkMinutes] = [CODE_SECONDS / MINUTE_SECONDS, RESET_SECONDS / MINUTE_SECONDS];
    const username = await this.usernameOf(tx, subject, holder);
    return {
      to: email,
      locale: holder?.locale ?? mail.locale,
      message: { template: 'reset-code', code, minutes, link, linkMinutes, ...shown(username) },
    };
  }

  /** What a sign-in by username will take, once the password is set: whoever forgot it, or never chose it, reads it here. */
  private async usernameOf(tx: Tx, subject: string, holder: UserEntity | null): Promise<string | null> {
    if (holder?.emailVerifiedAt || holder?.username) return holder.username;
    return this.tickets.awaitedUsername(tx, subject);
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

function shown(username: string | null): { readonly username: string; readonly dots: string } {
  // a stranger may have chosen it: no room for a message of his
  const name = username !== null && username.length <= LONGEST_SHOWN ? username : '';
  return { username: unlinked(name), dots: linkedIn(name).join(' ') };
}
