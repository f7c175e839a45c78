import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.service';
import { AppError } from '../../kernel/errors/app-error';
import type { Caller, Principal } from '../../kernel/principal';
import { Audit } from '../audit/audit.service';
import { Revocations } from '../session/revocations.service';
import { Sessions } from '../session/sessions.service';

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
    private readonly audit: Audit,
  ) {}

  /** @throws AppError `not-found` for an id that is no session of this account */
  async execute({ principal, which, caller }: EndSessionsCommand): Promise<void> {
    const ended = await this.database.transaction(async (tx) => {
      const ids = await this.select(tx, principal, which);
      await this.sessions.end(tx, ids);
      const facts = { count: ids.length };
      await this.audit.record(tx, { event: 'sessions-ended', userId: principal.userId, caller, facts });
      return ids;
    });
    this.revocations.note(ended);
  }

  private async select(tx: Tx, principal: Principal, which: EndSessionsCommand['which']): Promise<string[]> {
    if (which === 'this') return [principal.sessionId];
    const ids = (await this.sessions.list(tx, principal.userId)).map((session) => session.id);
    if (which === 'all') return [...new Set([...ids, principal.sessionId])];
    if (which === 'others') return ids.filter((id) => id !== principal.sessionId);
    if (!ids.includes(which.sessionId)) throw new AppError('not-found');
    return [which.sessionId];
  }
}
