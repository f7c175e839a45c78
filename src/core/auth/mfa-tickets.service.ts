import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { CredentialKind } from '../credential/credential.entity';
import { Tickets, type Ticket } from '../ticket/tickets.service';
import { MFA_TICKET_SECONDS } from './auth-lifetimes';
import type { SessionLifetimes } from './session-opener.service';

/** A sign-in that has passed its first factor and waits for the second. */
export interface HalfSignedIn {
  readonly userId: string;
  readonly contract: string;
  readonly lifetimes: SessionLifetimes;
  readonly credential: CredentialKind;
  /** The secret that was proved: should it change meanwhile, the ticket is void. */
  readonly version: number;
  /** What the contract wants to know again when the second factor comes, such as its choice of cookies. */
  readonly remembered: Readonly<Record<string, boolean>>;
}

const TRIES = 5;

/** Tickets between the two factors: 10 minutes, dead at the 5th wrong code. */
@Injectable()
export class MfaTickets {
  constructor(private readonly tickets: Tickets) {}

  async issue(tx: Tx, half: HalfSignedIn): Promise<string> {
    const ticketId = await this.tickets.issue(tx, {
      purpose: 'mfa',
      userId: half.userId,
      payload: { ...half },
      waitSeconds: MFA_TICKET_SECONDS,
    });
    const secret = await this.tickets.draw(tx, ticketId, MFA_TICKET_SECONDS);
    if (secret === null) throw new Error('a ticket issued in this transaction cannot be drawn');
    return secret;
  }

  /** @throws AppError `invalid-ticket` */
  async look(tx: Tx, secret: string): Promise<HalfSignedIn> {
    return halfOf(await this.tickets.peek(tx, 'mfa', secret));
  }

  /**
   * Takes one of the tries, before the code is judged. Returns the ticket's id.
   *
   * @throws AppError `invalid-ticket`
   */
  async reserveTry(tx: Tx, secret: string): Promise<string> {
    const ticket = await this.tickets.reserveTry(tx, 'mfa', secret, TRIES);
    if (!ticket) throw new AppError('invalid-ticket');
    return ticket.id;
  }

  async spend(tx: Tx, ticketId: string): Promise<void> {
    await this.tickets.spend(tx, ticketId);
  }
}

function halfOf(ticket: Ticket | null): HalfSignedIn {
  if (!ticket) throw new AppError('invalid-ticket');
  return ticket.payload as unknown as HalfSignedIn;
}
