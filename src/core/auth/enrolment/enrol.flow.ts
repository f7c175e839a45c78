import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.service';
import { canonicalIdentifier, normalizeEmail } from '../../../kernel/canonical';
import { AppError } from '../../../kernel/errors/app-error';
import type { Caller } from '../../../kernel/principal';
import { Audit } from '../../audit/audit.service';
import { Outbox } from '../../mail/outbox.service';
import { Enrolments } from '../../ticket/enrolments.repository';
import { Users } from '../../user/users.repository';
import { EnrolmentTokens, ENROLMENT_SECONDS } from './enrolment-tokens.service';

export interface EnrolCommand {
  readonly email: string;
  readonly username: string;
  readonly caller: Caller;
}

export interface BegunEnrolment {
  readonly enrolmentToken: string;
  readonly lifeSeconds: number;
}

/**
 * Begins an enrolment: mails a code, gives a token for the steps that follow. An address in use gets the same enrolment,
 * to which no code will ever be drawn, and its owner a mail that says so.
 */
@Injectable()
export class Enrol {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly enrolments: Enrolments,
    private readonly outbox: Outbox,
    private readonly audit: Audit,
    private readonly tokens: EnrolmentTokens,
  ) {}

  /** @throws AppError `username-taken` */
  async execute({ username, caller, ...command }: EnrolCommand): Promise<BegunEnrolment> {
    const email = normalizeEmail(command.email);
    const address = canonicalIdentifier(email);
    const holder = await this.users.findIdByUsername(this.database.pool, canonicalIdentifier(username));
    if (holder !== null) throw new AppError('username-taken');
    const enrolmentId = await this.database.transaction(async (tx) => {
      const ticketId = await this.enrolments.issue(tx, { email, username, lifeSeconds: ENROLMENT_SECONDS });
      await this.outbox.enqueue(tx, { kind: 'enrolment', recipient: email, ticketId, urgency: 'asked' });
      await this.audit.record(tx, { event: 'registered', userId: null, identifier: address, caller });
      return ticketId;
    });
    return { enrolmentToken: this.tokens.mint({ enrolmentId, address }), lifeSeconds: ENROLMENT_SECONDS };
  }
}
