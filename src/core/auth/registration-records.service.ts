import { Injectable } from '@nestjs/common';
import { lockName, type Tx } from '../../database/database.service';
import { canonicalIdentifier } from '../../kernel/canonical';
import type { Caller } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import { Outbox } from '../mail/outbox.service';
import { AwaitedProofs } from '../ticket/awaited-proofs.repository';
import { Tickets } from '../ticket/tickets.service';
import { ACTIVATION_SECONDS, MAIL_WAIT_SECONDS } from './auth-lifetimes';
import { toPayload, type PendingRegistration } from './pending-registration';
import { UnprovedAccounts } from './unproved-accounts.service';

/** Writes what a registration leaves behind, in the caller's transaction. */
@Injectable()
export class RegistrationRecords {
  constructor(
    private readonly accounts: UnprovedAccounts,
    private readonly tickets: Tickets,
    private readonly awaited: AwaitedProofs,
    private readonly outbox: Outbox,
    private readonly audit: Audit,
  ) {}

  /**
   * Keeps a registration in a ticket that its mail will draw a secret for. Past the address's mail limit nothing is
   * kept: no mail would ever open it. `isForAnyHolder`: in contracts that make accounts at once an address is in use once
   * any account holds it, proved or not.
   */
  async keepPending(
    tx: Tx,
    registration: PendingRegistration,
    caller: Caller,
    { isForAnyHolder = false }: { readonly isForAnyHolder?: boolean } = {},
  ): Promise<void> {
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
      facts: { isForAnyHolder },
      urgency: 'asked',
    });
    if (!isMailed) await this.tickets.void(tx, ticketId);
    await this.audit.record(tx, { event: 'registered', userId: null, identifier: subject, caller });
  }

  /** Lets a sign-in with the registration's password be told that the mailbox is still to be proved. */
  async noteAwaited(tx: Tx, { email, password }: PendingRegistration, { network }: Caller): Promise<void> {
    const awaited = { address: canonicalIdentifier(email), network };
    await this.awaited.note(tx, awaited, password.hash, ACTIVATION_SECONDS);
  }

  /**
   * Makes an account at once, its address unproved, and mails a verification link.
   *
   * @throws AppError `email-taken`, `username-taken`
   */
  async createUnproved(tx: Tx, registration: PendingRegistration, caller: Caller): Promise<void> {
    await lockName(tx, 'address', canonicalIdentifier(registration.email));
    const userId = await this.accounts.create(tx, registration);
    await this.outbox.enqueue(tx, { kind: 'activation-request', recipient: registration.email, urgency: 'asked' });
    await this.audit.record(tx, { event: 'registered', userId, caller });
  }
}
