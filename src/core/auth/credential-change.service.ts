import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import type { Caller } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import { Devices } from '../lockout/devices.repository';
import { Outbox } from '../mail/outbox.service';
import { Sessions } from '../session/sessions.service';
import { Tickets } from '../ticket/tickets.service';
import type { UserEntity } from '../user/user.entity';

export interface ChangedCredential {
  readonly user: UserEntity;
  /** The session that made the change goes on; null ends all. */
  readonly keepSessionId: string | null;
  readonly forgetDevices: boolean;
  readonly caller: Caller;
}

/** What follows every change of a password, whoever makes it. */
@Injectable()
export class CredentialChange {
  constructor(
    private readonly clock: Clock,
    private readonly sessions: Sessions,
    private readonly tickets: Tickets,
    private readonly devices: Devices,
    private readonly outbox: Outbox,
    private readonly audit: Audit,
  ) {}

  /** Voids every open ticket, ends the other sessions, tells the owner. Returns the ended sessions' ids. */
  async followUp(tx: Tx, { user, keepSessionId, forgetDevices, caller }: ChangedCredential): Promise<string[]> {
    const ended = await this.sessions.endAll(tx, user.id, keepSessionId ?? undefined);
    await this.tickets.voidByUser(tx, user.id);
    if (user.emailCanonical !== null) await this.tickets.voidBySubject(tx, user.emailCanonical);
    if (forgetDevices) await this.devices.unbindAll(tx, user.id);
    await this.audit.record(tx, {
      event: 'password-changed',
      userId: user.id,
      caller,
      facts: { sessionsEnded: ended.length },
    });
    await this.tell(tx, user, caller);
    return ended;
  }

  private async tell(tx: Tx, user: UserEntity, caller: Caller): Promise<void> {
    if (user.email === null) return;
    await this.outbox.enqueue(tx, {
      kind: 'password-changed',
      recipient: user.email,
      locale: user.locale,
      userId: user.id,
      facts: { whenIso: this.clock.now().toISOString(), network: caller.network },
      urgency: 'notice',
    });
  }
}
