import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { Database, statement, type Tx } from '../../database/database.service';
import { normalizeEmail } from '../../kernel/canonical';
import { addSeconds, DAY_SECONDS } from '../../kernel/clock';

export interface DevelopmentMail {
  readonly id: number;
  readonly messageId: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly sentAt: Date;
}

const KEEP_DAYS = 7;
const MOST_LISTED = 200;

/** What the development mailbox caught. */
@Injectable()
export class DevelopmentMailbox {
  constructor(
    private readonly settings: Settings,
    private readonly database: Database,
  ) {}

  /** Whether mails end up here; the settings refuse that anywhere but on a loopback host. */
  get isEnabled(): boolean {
    return this.settings.smtpUrl === '';
  }

  /** The newest 200 mails, newest first; `to` narrows them to one address, without regard to case. */
  async list({ to }: { readonly to?: string | undefined } = {}): Promise<DevelopmentMail[]> {
    const { rows } = await statement<DevelopmentMail>(
      this.database.pool,
      `SELECT id, message_id AS "messageId", recipient AS "to", subject, text, html, sent_at AS "sentAt"
       FROM development_mails
       WHERE $1::text IS NULL OR lower(recipient) = lower($1)
       ORDER BY id DESC LIMIT $2`,
      [to === undefined ? null : normalizeEmail(to), MOST_LISTED],
    );
    return rows;
  }

  /** Removes mails older than 7 days. */
  async purge(tx: Tx, now: Date): Promise<void> {
    await statement(tx, 'DELETE FROM development_mails WHERE sent_at < $1', [
      addSeconds(now, -KEEP_DAYS * DAY_SECONDS),
    ]);
  }
}
