import type { PasswordHash } from '../credential/passwords.service';
import type { Ticket } from '../ticket/tickets.service';

/** A registration whose mailbox is not proved: it lives in its ticket and holds neither address nor username. */
export interface PendingRegistration {
  readonly email: string;
  readonly username: string | null;
  readonly password: PasswordHash;
  /** What older clients want kept with the account, as they sent it. */
  readonly profile?: Readonly<Record<string, unknown>>;
}

export function toPayload(registration: PendingRegistration): Readonly<Record<string, unknown>> {
  return { ...registration };
}

export function fromTicket(ticket: Ticket): PendingRegistration {
  return ticket.payload as unknown as PendingRegistration;
}
