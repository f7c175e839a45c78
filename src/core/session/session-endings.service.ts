import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { statement, type Tx } from '../../database/database.service';
import { addSeconds, Clock } from '../../kernel/clock';
import { Signals } from '../../platform/events/signals.service';
import { REVOCATIONS_CHANNEL } from './revocations.service';
import { longestAccessSeconds, SLACK_SECONDS } from './token-lifetimes';

/** Ends sessions: the row goes and a revocation comes in one statement, so that neither is ever seen alone. */
@Injectable()
export class SessionEndings {
  constructor(
    private readonly clock: Clock,
    private readonly settings: Settings,
    private readonly signals: Signals,
  ) {}

  /** Returns the ids of those that were still there. */
  end(tx: Tx, sessionIds: readonly string[]): Promise<string[]> {
    return this.endWhere(tx, 'id = ANY($3::uuid[])', [sessionIds]);
  }

  endAll(tx: Tx, userId: string, exceptSessionId: string | null): Promise<string[]> {
    return this.endWhere(tx, 'user_id = $3 AND ($4::uuid IS NULL OR id <> $4::uuid)', [userId, exceptSessionId]);
  }

  /** Ends the least recently used ones beyond `keep`. Those that have ended by themselves take nobody's place. */
  endBeyond(tx: Tx, userId: string, keep: number): Promise<string[]> {
    return this.endWhere(
      tx,
      'id IN (SELECT id FROM sessions WHERE user_id = $3 AND ends_at > $1 ORDER BY last_seen_at DESC, id OFFSET $4)',
      [userId, keep],
    );
  }

  /** A revocation stays for the longest access token of now, or for the session's own, made when settings were others. */
  private async endWhere(tx: Tx, condition: string, parameters: readonly unknown[]): Promise<string[]> {
    const now = this.clock.now();
    const { rows } = await statement<{ sessionId: string }>(
      tx,
      // rows are locked in one order, so that two endings of the same account cannot wait for each other
      `WITH chosen AS (SELECT id FROM sessions WHERE ${condition} ORDER BY id FOR UPDATE),
         ended AS (DELETE FROM sessions WHERE id IN (SELECT id FROM chosen) RETURNING id, access_seconds)
       INSERT INTO revocations (session_id, revoked_at, expires_at)
         SELECT id, $1, GREATEST($2::timestamptz, $1::timestamptz + make_interval(secs => access_seconds + ${SLACK_SECONDS}))
         FROM ended
       ON CONFLICT (session_id) DO UPDATE SET revoked_at = EXCLUDED.revoked_at, expires_at = EXCLUDED.expires_at
       RETURNING session_id AS "sessionId"`,
      [now, addSeconds(now, longestAccessSeconds(this.settings) + SLACK_SECONDS), ...parameters],
    );
    if (rows.length > 0) await this.signals.publish(tx, REVOCATIONS_CHANNEL);
    return rows.map((row) => row.sessionId);
  }
}
