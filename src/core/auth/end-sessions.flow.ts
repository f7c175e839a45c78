import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import { isUuid } from '../../kernel/ids';
import type { Caller, Principal } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import { Revocations } from '../session/revocations.service';
import { Sessions } from '../session/sessions.service';
import { LiveSession } from './live-session.service';

export interface EndSessionsCommand {
  readonly principal: Principal;
  /** `this` session, `others` of the account, `all`, or one by id. */
  readonly which: 'this' | 'others' | 'all' | { readonly sessionId: string };
  readonly caller: Caller;
}

/** Ends sessions of one's own account at once, access tokens included. */
@Injectable()
export class EndSessions {
  constructor(
    private readonly database: Database,
    private readonly sessions: Sessions,
    private readonly revocations: Revocations,
    private readonly liveSession: LiveSession,
    private readonly audit: Audit,
  ) {}

  /** @throws AppError `session-ended`; `not-found` for an id that is no session of this account */
  async execute({ principal, which, caller }: EndSessionsCommand): Promise<void> {
    const ended = await this.database.transaction(async (tx) => {
      await this.liveSession.lock(tx, principal);
      const ids = await this.end(tx, principal, which);
      const facts = { count: ids.length };
      await this.audit.record(tx, { event: 'sessions-ended', userId: principal.userId, caller, facts });
      return ids;
    });
    this.revocations.note(ended);
  }

  private async end(tx: Tx, { userId, sessionId }: Principal, which: EndSessionsCommand['which']): Promise<string[]> {
    if (which === 'this') return this.sessions.end(tx, [sessionId]);
    if (which === 'all') return this.sessions.endAll(tx, userId);
    if (which === 'others') return this.sessions.endAll(tx, userId, sessionId);
    const session = isUuid(which.sessionId) ? await this.sessions.find(tx, which.sessionId) : null;
    if (session?.userId !== userId) throw new AppError('not-found');
    return this.sessions.end(tx, [session.id]);
  }
}
