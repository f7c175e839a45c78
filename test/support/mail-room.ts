import { parseSettings } from '../../src/config/settings';
import { MailComposer } from '../../src/core/mail/mail-composer.service';
import { MailDelivery } from '../../src/core/mail/mail-delivery.service';
import { MailPreparers, type MailDraft, type OutboxMail } from '../../src/core/mail/mail-preparers.service';
import { MailQueue } from '../../src/core/mail/mail-queue.repository';
import { MailRenderer } from '../../src/core/mail/mail-renderer.service';
import type { MailTransport } from '../../src/core/mail/mail-transport.port';
import { MailWakeups } from '../../src/core/mail/mail-wakeups.service';
import { MailWorker } from '../../src/core/mail/mail-worker.service';
import { Outbox, type MailRequest } from '../../src/core/mail/outbox.service';
import { SmtpMailTransport } from '../../src/core/mail/smtp-mail.transport';
import { statement, type Database } from '../../src/database/database.service';
import type { Clock } from '../../src/kernel/clock';
import { randomToken } from '../../src/platform/crypto/random';

export const MAIL_FROM = 'Example Accounts <no-reply@example.org>';

/** Short enough for a test that waits for a server which never answers. */
const TEST_TIMEOUTS = { connectMs: 1_000, greetingMs: 1_000, silenceMs: 3_000 };

export function smtpTransport(url: string): SmtpMailTransport {
  return new SmtpMailTransport({ url, from: MAIL_FROM, timeouts: TEST_TIMEOUTS });
}

export interface MailRow {
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
  readonly nextAttemptAt: Date;
  readonly lastError: string | null;
}

export interface MailRoom {
  readonly outbox: Outbox;
  readonly queue: MailQueue;
  readonly preparers: MailPreparers;
  readonly worker: MailWorker;
  /** The secrets drawn for mails of kind `secret`, oldest first. */
  readonly drawn: string[];
  enqueue(mail?: Partial<MailRequest>): Promise<boolean>;
  rows(): Promise<MailRow[]>;
}

/**
 * The mail room of one process, assembled as the module does, its worker run by hand. Mails of kind `secret` carry a
 * link with a fresh secret; mails to `nobody@…` have nobody to go to.
 */
export function createMailRoom(parts: {
  readonly database: Database;
  readonly clock: Clock;
  readonly transport: MailTransport;
}): MailRoom {
  const { database, clock, transport } = parts;
  const settings = parseSettings({
    PUBLIC_URL: 'https://id.example.org',
    TRUST_PROXY: 'none',
    SMTP_URL: 'smtp://127.0.0.1',
    MAIL_FROM,
  });
  const queue = new MailQueue();
  const preparers = new MailPreparers();
  const wakeups = new MailWakeups();
  const outbox = new Outbox(clock, wakeups);
  const composer = new MailComposer(clock, new MailRenderer(settings), settings);
  const delivery = new MailDelivery(database, clock, queue, preparers, composer, transport);
  const drawn: string[] = [];
  preparers.register('secret', { prepare: (_tx, mail) => Promise.resolve(draft(mail, drawn)) });
  return {
    outbox,
    queue,
    preparers,
    worker: new MailWorker(database, clock, queue, delivery, wakeups),
    drawn,
    enqueue: (mail = {}) =>
      database.transaction((tx) =>
        outbox.enqueue(tx, { kind: 'secret', recipient: 'ada@example.org', urgency: 'asked', ...mail }),
      ),
    rows: async () => (await statement<MailRow>(database.pool, ROWS)).rows,
  };
}

const ROWS = `SELECT id, state, attempts, next_attempt_at AS "nextAttemptAt", last_error AS "lastError"
              FROM mail_outbox ORDER BY created_at, recipient`;

function draft(mail: OutboxMail, drawn: string[]): MailDraft | null {
  if (mail.recipient.startsWith('nobody@')) return null;
  const secret = randomToken();
  drawn.push(secret);
  const link = `https://id.example.org/reset-password?token=${secret}`;
  return { to: mail.recipient, locale: mail.locale, message: { template: 'password-reset', link, minutes: 30 } };
}
