import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import { canonicalIdentifier } from '../../../kernel/canonical';
import type { GuessedFactor, LockFacts } from '../../mail/mail-message';
import { MailPreparers, type MailDraft, type MailPreparer, type OutboxMail } from '../../mail/mail-preparers.service';
import { LockLifting } from '../../lockout/lock-lifting.service';
import type { UserEntity } from '../../user/user.entity';
import { Users } from '../../user/users.repository';
import { namesOf } from '../account-names';
import { MailedLinks } from '../mailed-links.service';
import { UnlockLinks } from './unlock-links.service';
import { unlinked } from './unlinked';

/** Every mail about a lock, to owners and to admins. */
@Injectable()
export class LockMail implements MailPreparer, OnModuleInit {
  constructor(
    private readonly preparers: MailPreparers,
    private readonly users: Users,
    private readonly lifting: LockLifting,
    private readonly unlockLinks: UnlockLinks,
    private readonly links: MailedLinks,
  ) {}

  onModuleInit(): void {
    for (const kind of LOCK_MAILS) this.preparers.register(kind, this);
  }

  async prepare(tx: Tx, mail: OutboxMail): Promise<MailDraft | null> {
    switch (mail.kind) {
      case 'unlock-request':
        return this.asked(tx, mail);
      case 'lock-digest':
        return this.digest(mail);
      default:
        return this.aboutOneLock(tx, mail);
    }
  }

  private async aboutOneLock(tx: Tx, mail: OutboxMail): Promise<MailDraft | null> {
    const user = mail.userId === null ? null : await this.users.findById(tx, mail.userId);
    if (!user) return null;
    if (mail.kind === 'lock-alert') return this.alert(tx, mail, user);
    const facts = factsOf(mail);
    const recipient = { to: mail.recipient, locale: mail.locale };
    if (mail.kind === 'second-factor-locked' || mail.kind === 'recovery-locked') {
      return { ...recipient, message: { template: mail.kind, ...facts } };
    }
    const standing = STANDINGS.find((each) => each === mail.facts['standing']) ?? 'stranger';
    const link = await this.unlockLinks.drawOwners(tx, user.id, new Date(facts.untilIso));
    return { ...recipient, message: { template: 'sign-in-locked', standing, ...facts, ...link } };
  }

  private async alert(tx: Tx, mail: OutboxMail, user: UserEntity): Promise<MailDraft> {
    const facts = factsOf(mail);
    const guessed = GUESSED.find((each) => each === mail.facts['factor']) ?? 'secret';
    const until = new Date(facts.untilIso);
    const link = await this.unlockLinks.drawAdmins(tx, user.id, guessed, until);
    const account = user.email ?? unlinked(user.username ?? user.id);
    return {
      to: mail.recipient,
      locale: mail.locale,
      message: { template: 'lock-alert', account, guessed, ...facts, ...link },
    };
  }

  /** Nobody is told anything unless somebody is locked out of an account that has proved this address. */
  private async asked(tx: Tx, mail: OutboxMail): Promise<MailDraft | null> {
    const user = await this.users.findByEmail(tx, canonicalIdentifier(mail.recipient));
    if (!user?.email || !user.emailVerifiedAt) return null;
    const until = await this.lifting.lockedUntil(tx, namesOf(user));
    if (until === null) return null;
    const link = await this.unlockLinks.drawOwners(tx, user.id, until);
    return { to: user.email, locale: user.locale, message: { template: 'unlock', ...link } };
  }

  private digest({ recipient, locale, facts }: OutboxMail): MailDraft {
    const link = this.links.console;
    const [count, sinceIso] = [Number(facts['count']), String(facts['sinceIso'])];
    return { to: recipient, locale, message: { template: 'lock-digest', count, sinceIso, link } };
  }
}

const LOCK_MAILS = [
  'sign-in-locked',
  'second-factor-locked',
  'recovery-locked',
  'unlock-request',
  'lock-alert',
  'lock-digest',
];

const GUESSED: readonly GuessedFactor[] = ['secret', 'second-factor', 'recovery'];

const STANDINGS = ['device', 'session', 'network', 'stranger'] as const;

function factsOf({ facts }: OutboxMail): LockFacts {
  return {
    whenIso: String(facts['whenIso']),
    untilIso: String(facts['untilIso']),
    failures: Number(facts['failures']),
    networks: String(facts['networks']),
  };
}
