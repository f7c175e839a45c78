import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.service';
import { Clock, HOUR_SECONDS, MINUTE_SECONDS } from '../../../kernel/clock';
import { Outbox } from '../../mail/outbox.service';
import { Enrolments, type Enrolment } from '../../ticket/enrolments.repository';
import { EnrolmentTokens } from './enrolment-tokens.service';

export interface ResendEnrolmentCodeCommand {
  readonly enrolmentToken: string | null;
}

const CODES_AN_HOUR = 5;

/**
 * Mails another code, at most one a minute and five an hour. Past that nothing is mailed, and nothing is said: the limit
 * of a mailbox must not tell whose it is.
 */
@Injectable()
export class ResendEnrolmentCode {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly tokens: EnrolmentTokens,
    private readonly enrolments: Enrolments,
    private readonly outbox: Outbox,
  ) {}

  /** @throws AppError `invalid-token` */
  async execute({ enrolmentToken }: ResendEnrolmentCodeCommand): Promise<void> {
    const { enrolmentId } = this.tokens.demand(enrolmentToken);
    await this.database.transaction(async (tx) => {
      const enrolment = await this.enrolments.hold(tx, enrolmentId);
      if (!enrolment || enrolment.provedAt || !this.mayAsk(enrolment)) return;
      await this.enrolments.noteAsked(tx, enrolment, CODES_AN_HOUR);
      const { id: ticketId, email: recipient } = enrolment;
      await this.outbox.enqueue(tx, { kind: 'enrolment', recipient, ticketId, urgency: 'asked' });
    });
  }

  private mayAsk({ askedAt }: Enrolment): boolean {
    const within = (seconds: number) =>
      askedAt.filter((at) => this.clock.now().getTime() - at.getTime() < seconds * 1000).length;
    return within(MINUTE_SECONDS) === 0 && within(HOUR_SECONDS) < CODES_AN_HOUR;
  }
}
