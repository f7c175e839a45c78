import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import type { Caller } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import { Outbox } from '../mail/outbox.service';
import type { SessionRow } from '../session/session-row';
import type { UserEntity } from '../user/user.entity';

/** What follows when a superseded refresh token turns up: the session has ended, the owner is told. */
@Injectable()
export class TheftResponse {
  constructor(
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly audit: Audit,
  ) {}

  async respond(tx: Tx, session: SessionRow, user: UserEntity | null, caller: Caller): Promise<void> {
    await this.audit.record(tx, { event: 'refresh-reused', userId: session.userId, caller });
    if (!user?.email) return;
    await this.outbox.enqueue(tx, {
      kind: 'session-ended-by-reuse',
      recipient: user.email,
      locale: user.locale,
      userId: user.id,
      facts: {
        whenIso: this.clock.now().toISOString(),
        userAgent: session.userAgent,
        network: caller.network,
      },
      urgency: 'notice',
    });
  }
}
