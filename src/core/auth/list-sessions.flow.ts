import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.service';
import type { Principal } from '../../kernel/principal';
import type { SessionRow } from '../session/session-row';
import { Sessions } from '../session/sessions.service';

/** The live sessions of one's own account, of whatever contract. */
@Injectable()
export class ListSessions {
  constructor(
    private readonly database: Database,
    private readonly sessions: Sessions,
  ) {}

  execute(principal: Principal): Promise<SessionRow[]> {
    return this.sessions.list(this.database.pool, principal.userId);
  }
}
