import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import type { Caller } from '../../kernel/principal';
import type { SessionRow } from '../session/session-row';
import { Sessions } from '../session/sessions.service';

/** The live sessions whose tokens came along. */
@Injectable()
export class PresentedSessions {
  constructor(private readonly sessions: Sessions) {}

  /** Those that are the account's own. The same statements whoever that is. */
  async find(tx: Tx, userId: string | null, { sessionId, refreshTokens }: Caller): Promise<SessionRow[]> {
    const sessions: (SessionRow | null)[] = [];
    if (sessionId !== null) sessions.push(await this.sessions.find(tx, sessionId));
    for (const token of refreshTokens) sessions.push(await this.sessions.findByRefreshToken(tx, token));
    return sessions.filter((session) => session !== null).filter((session) => session.userId === userId);
  }
}
