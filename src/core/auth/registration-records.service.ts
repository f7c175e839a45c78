import { Injectable } from '@nestjs/common';
import { lockName, type Tx } from '../../database/database.service';
import { canonicalIdentifier } from '../../kernel/canonical';
import { Clock } from '../../kernel/clock';
import { newId } from '../../kernel/ids';
import type { Caller } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import { Credentials } from '../credential/credential.repository';
import { Outbox } from '../mail/outbox.service';
import { Tickets } from '../ticket/tickets.service';
import { NewAccounts } from './new-accounts.service';
import { ACTIVATION_SECONDS, MAIL_WAIT_SECONDS } from './auth-lifetimes';
import { toPayload, type PendingRegistration } from './pending-registration';

/** Writes what a registration leaves behind, in the caller's transaction. */
@Injectable()
export class RegistrationRecords {
  constructor(
    private readonly clock: Clock,
    private readonly accounts: NewAccounts,
    private readonly credentials: Credentials,
    private readonly tickets: Tickets,
    private readonly outbox: Outbox,
    private readonly audit: Audit,
  ) {}

  /**
   * Keeps a registration in a ticket that its mail will draw a secret for. Past the address's mail limit nothing is
   * kept: no mail would ever open it.
   */
  async keepPending(tx: Tx, registration: PendingRegistration, caller: Caller): Promise<void> {
    const subject = canonicalIdentifier(registration.email);
    const ticketId = await this.tickets.issue(tx, {
      purpose: 'activate',
      subject,
      payload: toPayload(registration),
      waitSeconds: MAIL_WAIT_SECONDS + ACTIVATION_SECONDS,
    });
    const isMailed = await this.outbox.enqueue(tx, {
      kind: 'registration',
      recipient: registration.email,
      ticketId,
      urgency: 'asked',
    });
    if (!isMailed) await this.tickets.void(tx, ticketId);
    await this.audit.record(tx, { event: 'registered', userId: null, identifier: subject, caller });
  }

  /**
   * Makes an account at once, its address unproved, and mails a verification link.
   *
   * @throws AppError `email-taken`, `username-taken`
   */
  async createUnproved(tx: Tx, registration: PendingRegistration, caller: Caller): Promise<void> {
    // not between the steps of somebody who proves this address just now: he would find it taken at the last one
    await lockName(tx, 'address', canonicalIdentifier(registration.email));
    const now = this.clock.now();
    const { email, username, profile } = registration;
    const user = await this.accounts.create(tx, { id: newId(), email, username, emailVerifiedAt: null, now }, profile);
    await this.credentials.set(tx, user.id, 'password', registration.password, now);
    await this.outbox.enqueue(tx, { kind: 'activation-request', recipient: registration.email, urgency: 'asked' });
    await this.audit.record(tx, { event: 'registered', userId: user.id, caller });
  }
}
