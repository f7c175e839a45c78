import { Injectable } from '@nestjs/common';
import { Database, lockName, type Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller, Principal } from '../../kernel/principal';
import { Tickets, type Ticket } from '../ticket/tickets.service';
import { AccountCredential, type ProvenSecret } from './account-credential.service';
import { Activate } from './activate.flow';
import { AddressConfirmation } from './address-confirmation.service';
import { LiveSession } from './live-session.service';

export interface VerifyEmailCommand {
  readonly ticket: string;
  /** A live session of the account, or its password: the link alone does not say whose account it confirms. */
  readonly proof: { readonly principal: Principal } | { readonly password: string };
  readonly caller: Caller;
}

/**
 * Proves the address of an account that exists, together with a session or the password of that very account. A registration
 * that waits for the same proof (`REQUIRE_VERIFIED_EMAIL`) becomes an account by its own password.
 */
@Injectable()
export class VerifyEmail {
  constructor(
    private readonly database: Database,
    private readonly tickets: Tickets,
    private readonly credential: AccountCredential,
    private readonly confirmation: AddressConfirmation,
    private readonly liveSession: LiveSession,
    private readonly activate: Activate,
  ) {}

  /** @throws AppError `invalid-ticket`, `invalid-credentials`, `session-ended`, `too-many-requests`, `busy` */
  async execute(command: VerifyEmailCommand): Promise<{ deviceToken: string }> {
    const seen = await this.tickets.peek(this.database.pool, 'verify-email', command.ticket);
    if (!seen?.userId) return this.activateWaiting(command);
    const proven = await this.prove(seen.userId, command);
    const deviceToken = await this.database.transaction((tx) => this.spend(tx, seen, proven, command));
    return { deviceToken };
  }

  private async activateWaiting({ ticket, proof, caller }: VerifyEmailCommand): Promise<{ deviceToken: string }> {
    if ('principal' in proof) throw new AppError('invalid-ticket');
    const { deviceToken } = await this.activate.execute({ ticket, password: proof.password, caller });
    return { deviceToken };
  }

  private async prove(userId: string, { proof, caller }: VerifyEmailCommand): Promise<ProvenSecret | null> {
    if ('principal' in proof) {
      if (proof.principal.userId !== userId) throw new AppError('invalid-ticket');
      return null;
    }
    return this.credential.prove({
      userId,
      secret: proof.password,
      credential: 'password',
      caller,
      failure: 'email-verification-failed',
    });
  }

  private async spend(tx: Tx, seen: Ticket, proven: ProvenSecret | null, command: VerifyEmailCommand): Promise<string> {
    await lockName(tx, 'address', seen.subject ?? seen.id);
    const ticket = await this.tickets.claim(tx, 'verify-email', command.ticket);
    if (!ticket?.userId) throw new AppError('invalid-ticket');
    if (proven && !(await this.credential.confirm(tx, proven))) throw new AppError('invalid-credentials');
    if ('principal' in command.proof) await this.liveSession.lock(tx, command.proof.principal);
    return this.confirmation.confirm(tx, ticket.userId, ticket.subject, command.caller);
  }
}
