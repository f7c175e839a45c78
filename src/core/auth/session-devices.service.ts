import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.service';
import type { Caller } from '../../kernel/principal';
import type { SessionRow } from '../session/session-row';
import { Sessions } from '../session/sessions.service';

/** The devices of live sessions whose tokens came along: a live session counts as the device it was opened on. */
@Injectable()
export class SessionDevices {
  constructor(private readonly sessions: Sessions) {}

  /** The device ids of those sessions that are the account's own. The same statements whoever that is. */
  async find(tx: Tx, userId: string | null, { sessionId, refreshTokens }: Caller): Promise<string[]> {
    const sessions: (SessionRow | null)[] = [];
    if (sessionId !== null) sessions.push(await this.sessions.find(tx, sessionId));
    for (const token of refreshTokens) sessions.push(await this.sessions.findByRefreshToken(tx, token));
    return sessions.flatMap((session) =>
      session?.userId === userId && session.deviceId !== null ? [session.deviceId] : [],
    );
  }
}
