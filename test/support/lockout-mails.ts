import { Jobs } from '../../src/platform/jobs/jobs.service';
import type { DevelopmentMail } from '../../src/core/mail/development-mailbox.service';
import type { TestApp } from './test-app';

/** What the service does of itself every few seconds: looks for locks that nobody was told of. */
export async function tellOfLocks(service: TestApp): Promise<void> {
  await service.app.get(Jobs, { strict: false }).runNow('tell-of-locks');
}

/** Tells of locks, and shows what is in a mailbox then, the newest first. */
export async function mailsAfterTelling(service: TestApp, { email }: { readonly email: string }) {
  await tellOfLocks(service);
  return service.mailsTo(email);
}

/** What the mailed unlock link of a mail carries. */
export function unlockTokenIn({ text }: Pick<DevelopmentMail, 'text'>): string {
  const token = /\/unlock\?token=(\S+)/.exec(text)?.[1];
  if (token === undefined) throw new Error(`no unlock link in: ${text}`);
  return decodeURIComponent(token);
}

/** Every mail that ever came to an address, though the mailbox forgets: look into it at least once a week. */
export class MailArchive {
  private readonly mails = new Map<number, DevelopmentMail>();

  constructor(
    private readonly service: TestApp,
    private readonly address: string,
  ) {}

  async collect(): Promise<void> {
    for (const mail of await this.service.mailsTo(this.address)) this.mails.set(mail.id, mail);
  }

  /** Oldest first. */
  about(subject: RegExp): DevelopmentMail[] {
    return [...this.mails.values()].filter((mail) => subject.test(mail.subject)).sort((a, b) => a.id - b.id);
  }
}
