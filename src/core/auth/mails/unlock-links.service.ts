import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import { Clock, DAY_SECONDS } from '../../../kernel/clock';
import type { Factor } from '../../lockout/bucket';
import type { ExpiringLink } from '../../mail/mail-message';
import { Tickets, type NewTicket } from '../../ticket/tickets.service';
import { MailedLinks } from '../mailed-links.service';

/** Draws the links that open a locked account, as their mail is handed over: good until the lock ends, at least a day. */
@Injectable()
export class UnlockLinks {
  constructor(
    private readonly clock: Clock,
    private readonly tickets: Tickets,
    private readonly links: MailedLinks,
  ) {}

  drawOwners(tx: Tx, userId: string, lockedUntil: Date): Promise<ExpiringLink> {
    return this.draw(tx, { purpose: 'unlock', userId }, lockedUntil);
  }

  /** @param factor what the admin is told to be locked: a link about the first factor does not open the second */
  drawAdmins(tx: Tx, userId: string, factor: Factor, lockedUntil: Date): Promise<ExpiringLink> {
    return this.draw(tx, { purpose: 'unlock-by-admin', userId, payload: { factor } }, lockedUntil);
  }

  private async draw(tx: Tx, ticket: Omit<NewTicket, 'waitSeconds'>, lockedUntil: Date): Promise<ExpiringLink> {
    const now = this.clock.now().getTime();
    const lifeSeconds = Math.max(DAY_SECONDS, Math.ceil((lockedUntil.getTime() - now) / 1000));
    const ticketId = await this.tickets.issue(tx, { ...ticket, waitSeconds: lifeSeconds });
    const secret = await this.tickets.draw(tx, ticketId, lifeSeconds);
    if (secret === null) throw new Error('a ticket issued in this transaction cannot be drawn');
    return { link: this.links.unlock(secret), validUntilIso: new Date(now + lifeSeconds * 1000).toISOString() };
  }
}
