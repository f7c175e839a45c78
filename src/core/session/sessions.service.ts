import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { statement, type Tx } from '../../database/database.service';
import { addSeconds, Clock } from '../../kernel/clock';
import { newId } from '../../kernel/ids';
import type { Caller } from '../../kernel/principal';
import { RefreshTokens } from './refresh-tokens.service';
import { SessionEndings } from './session-endings.service';
import { SessionRotation, type RotationOutcome } from './session-rotation.service';
import { secondsUntil, SESSION_COLUMNS, type SessionRow } from './session-row';
import { longestAccessSeconds, SLACK_SECONDS } from './token-lifetimes';

export interface NewSession {
  readonly userId: string;
  readonly contract: string;
  /** The device token given at this sign-in: it brings the owner back after a lost answer. */
  readonly deviceId: string | null;
  readonly amr: readonly string[];
  readonly lifetimes: {
    readonly accessSeconds: number;
    /** Null in contracts without refresh tokens. */
    readonly refreshSeconds: number | null;
  };
  readonly caller: Pick<Caller, 'ip' | 'userAgent'>;
  readonly now: Date;
}

export interface OpenedSession {
  readonly session: SessionRow;
  readonly refreshToken: string | null;
  /** 0 where there is no refresh token. */
  readonly refreshExpiresInSeconds: number;
}

const USER_AGENT_LENGTH = 512;

/** Sessions: opened by a full sign-in, continued by rotation, ended once and everywhere. */
@Injectable()
export class Sessions {
  constructor(
    private readonly refreshTokens: RefreshTokens,
    private readonly rotation: SessionRotation,
    private readonly endings: SessionEndings,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /**
   * Opens a session, and ends the least recently used ones beyond `SESSIONS_PER_USER`. It ends after
   * `SESSION_MAX_AGE` however often it is rotated; without a refresh token, with its first access token.
   */
  async open(tx: Tx, fresh: NewSession): Promise<OpenedSession> {
    await this.makeRoom(tx, fresh.userId);
    const { now, contract, userId, lifetimes } = fresh;
    const latestEnd = addSeconds(now, this.settings.sessionMaxSeconds);
    const lifeSeconds = lifetimes.refreshSeconds ?? lifetimes.accessSeconds;
    const expiresAt = new Date(Math.min(addSeconds(now, lifeSeconds).getTime(), latestEnd.getTime()));
    // nothing renews it: a token signed later must not outlive the row, which is what ends tokens
    const endsAt = lifetimes.refreshSeconds === null ? expiresAt : latestEnd;
    const sessionId = newId();
    const refresh =
      lifetimes.refreshSeconds === null
        ? null
        : this.refreshTokens.mint({ userId, sessionId, contract, issuedAt: now, expiresAt });
    const session = await this.insert(tx, fresh, { sessionId, digest: refresh?.digest ?? null, expiresAt, endsAt });
    return {
      session,
      refreshToken: refresh?.token ?? null,
      refreshExpiresInSeconds: refresh ? secondsUntil(expiresAt, now) : 0,
    };
  }

  /**
   * Exchanges a refresh token for its successor. The one before the current is answered with the *same* successor
   * (`repeated`) while that is unused: for 30 seconds to anyone, later only to the session's own device. Any other token
   * of a live session is `theft`: the session has been ended in `tx`, which the caller must let commit (throw only
   * afterwards). `invalid`: no token of ours for this contract, expired, or its session has ended.
   */
  rotate(tx: Tx, token: string, contract: string, presentedDeviceId: string | null): Promise<RotationOutcome> {
    return this.rotation.rotate(tx, token, contract, presentedDeviceId);
  }

  /** Notes that its owner has just proved again who he is. Null when the session has ended. */
  async reauthenticated(tx: Tx, sessionId: string, amr: readonly string[], now: Date): Promise<SessionRow | null> {
    const { rows } = await statement<SessionRow>(
      tx,
      `UPDATE sessions SET authenticated_at = $2, amr = $3, last_seen_at = GREATEST(last_seen_at, $2)
       WHERE id = $1 AND ends_at > $2 RETURNING ${SESSION_COLUMNS}`,
      [sessionId, now, amr],
    );
    return rows[0] ?? null;
  }

  /** The session, if it has not ended; its refresh token may have expired while an access token still lives. */
  async find(tx: Tx, id: string): Promise<SessionRow | null> {
    const { rows } = await statement<SessionRow>(
      tx,
      `SELECT ${SESSION_COLUMNS} FROM sessions WHERE id = $1 AND ends_at > $2`,
      [id, this.clock.now()],
    );
    return rows[0] ?? null;
  }

  /**
   * Uses a refresh token of a contract that does not rotate: the session is seen, the token stays as good as it was. Null
   * for anything but the token of a live session of this contract. An ending that comes at once waits, or has been.
   */
  async useRefreshToken(tx: Tx, token: string, contract: string): Promise<SessionRow | null> {
    const presented = this.refreshTokens.read(token, contract);
    if (!presented) return null;
    const { rows } = await statement<SessionRow>(
      tx,
      `UPDATE sessions SET last_seen_at = GREATEST(last_seen_at, $4)
       WHERE id = $1 AND contract = $2 AND current_digest = $3 AND expires_at > $4 RETURNING ${SESSION_COLUMNS}`,
      [presented.sessionId, contract, presented.digest, this.clock.now()],
    );
    return rows[0] ?? null;
  }

  /** The live session that a refresh token, or the one before it, keeps open. Rotates and ends nothing. */
  async findByRefreshToken(tx: Tx, token: string): Promise<SessionRow | null> {
    const presented = this.refreshTokens.read(token, null);
    if (!presented) return null;
    const { rows } = await statement<SessionRow>(
      tx,
      `SELECT ${SESSION_COLUMNS} FROM sessions
       WHERE id = $1 AND (current_digest = $2 OR previous_digest = $2) AND expires_at > $3`,
      [presented.sessionId, presented.digest, this.clock.now()],
    );
    return rows[0] ?? null;
  }

  /** Whether the account has this session; if so nobody ends it before the transaction does. */
  async hold(tx: Tx, userId: string, id: string): Promise<boolean> {
    const { rows } = await statement(
      tx,
      `SELECT 1 FROM sessions WHERE id = $1 AND user_id = $2 AND ends_at > $3 FOR SHARE`,
      [id, userId, this.clock.now()],
    );
    return rows.length > 0;
  }

  /** The account's live sessions, the last used first. */
  async list(tx: Tx, userId: string): Promise<SessionRow[]> {
    const { rows } = await statement<SessionRow>(
      tx,
      // one whose refresh token has expired lives on in the access token that was handed out last
      `SELECT ${SESSION_COLUMNS} FROM sessions WHERE user_id = $1
         AND GREATEST(expires_at, last_seen_at + access_seconds * interval '1 second') > $2
       ORDER BY last_seen_at DESC, id`,
      [userId, this.clock.now()],
    );
    return rows;
  }

  /**
   * Ends sessions: their refresh tokens are dead with the commit, their access tokens in every process within a second;
   * hand the returned ids to `Revocations.note` after the commit, for this process to refuse them at once.
   */
  end(tx: Tx, sessionIds: readonly string[]): Promise<string[]> {
    return this.endings.end(tx, sessionIds);
  }

  /** Ends all sessions of an account, or all but one, as `end` does. To be called before an account is deleted. */
  endAll(tx: Tx, userId: string, exceptSessionId?: string): Promise<string[]> {
    return this.endings.endAll(tx, userId, exceptSessionId ?? null);
  }

  /** Deletes sessions that nobody can use any more, once their last access token has expired too. */
  async purge(tx: Tx): Promise<number> {
    const deadline = addSeconds(this.clock.now(), -(longestAccessSeconds(this.settings) + SLACK_SECONDS));
    const { affected } = await statement(
      tx,
      // the first condition is what the index is for, the second is for tokens made when settings were others; a proof of
      // identity brings an access token also when the refresh token has expired
      `DELETE FROM sessions WHERE expires_at < $1 AND GREATEST(expires_at, last_seen_at)
         < $2::timestamptz - make_interval(secs => access_seconds + ${SLACK_SECONDS})`,
      [deadline, this.clock.now()],
    );
    return affected;
  }

  /** Sign-ins to one account make room one after the other, else each would count without the others. */
  private async makeRoom(tx: Tx, userId: string): Promise<void> {
    await statement(tx, `SELECT pg_advisory_xact_lock(hashtextextended('sessions/' || $1, 0))`, [userId]);
    await this.endings.endBeyond(tx, userId, this.settings.sessionsPerUser - 1);
  }

  private async insert(
    tx: Tx,
    fresh: NewSession,
    made: { sessionId: string; digest: Buffer | null; expiresAt: Date; endsAt: Date },
  ): Promise<SessionRow> {
    const { rows } = await statement<SessionRow>(
      tx,
      `INSERT INTO sessions (id, user_id, contract, device_id, authenticated_at, amr, access_seconds, refresh_seconds,
         current_digest, ip, user_agent, created_at, last_seen_at, expires_at, ends_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $5, $5, $12, $13) RETURNING ${SESSION_COLUMNS}`,
      [
        made.sessionId,
        fresh.userId,
        fresh.contract,
        fresh.deviceId,
        fresh.now,
        fresh.amr,
        fresh.lifetimes.accessSeconds,
        fresh.lifetimes.refreshSeconds ?? 0,
        made.digest,
        fresh.caller.ip,
        fresh.caller.userAgent?.slice(0, USER_AGENT_LENGTH) ?? null,
        made.expiresAt,
        made.endsAt,
      ],
    );
    const [row] = rows;
    if (!row) throw new Error('an inserted session was not returned');
    return row;
  }
}
