import { hkdfSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '../../database/database.service';
import { addSeconds, Clock } from '../../kernel/clock';
import { open, seal } from '../../platform/crypto/secret-box';
import { RefreshTokens, type PresentedRefreshToken } from './refresh-tokens.service';
import { SessionEndings } from './session-endings.service';
import { secondsUntil, SESSION_COLUMNS, type SessionRow } from './session-row';

export type RotationOutcome =
  | {
      readonly kind: 'rotated' | 'repeated';
      readonly session: SessionRow;
      readonly refreshToken: string;
      readonly refreshExpiresInSeconds: number;
    }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'theft'; readonly session: SessionRow };

interface DecidedRow extends SessionRow {
  readonly outcome: 'rotated' | 'repeated' | 'theft';
  readonly sealedSuccessor: Buffer | null;
}

/** For so long after a rotation the former token is answered again, whoever brings it: two tabs, a retry. */
const REPEAT_SECONDS = 30;

/**
 * One UPDATE decides, under the row's lock and from digests alone, so that it makes no difference which process is
 * asked, how many ask at once, or how little time lies between. `SET` sees the row before, `RETURNING` the row after.
 */
const ROTATE = `
  UPDATE sessions SET
    previous_digest = CASE WHEN current_digest = $2 THEN current_digest ELSE previous_digest END,
    sealed_successor = CASE WHEN current_digest = $2 THEN $4::bytea ELSE sealed_successor END,
    rotated_at = CASE WHEN current_digest = $2 THEN $5::timestamptz ELSE rotated_at END,
    expires_at = CASE WHEN current_digest = $2 THEN $6::timestamptz ELSE expires_at END,
    last_seen_at = GREATEST(last_seen_at, $5::timestamptz),
    current_digest = CASE WHEN current_digest = $2 THEN $3::bytea ELSE current_digest END
  WHERE id = $1 AND contract = $7 AND current_digest IS NOT NULL AND expires_at > $5::timestamptz
  RETURNING ${SESSION_COLUMNS}, sealed_successor AS "sealedSuccessor",
    CASE
      WHEN current_digest = $3 THEN 'rotated'
      WHEN previous_digest = $2 AND sealed_successor IS NOT NULL
        AND (rotated_at + ${REPEAT_SECONDS} * interval '1 second' >= $5::timestamptz OR device_id = $8::uuid)
        THEN 'repeated'
      ELSE 'theft'
    END AS outcome`;

/** Exchanges a refresh token for its successor, and tells a retry from a theft. */
@Injectable()
export class SessionRotation {
  constructor(
    private readonly refreshTokens: RefreshTokens,
    private readonly endings: SessionEndings,
    private readonly clock: Clock,
  ) {}

  async rotate(tx: Tx, token: string, contract: string, deviceId: string | null): Promise<RotationOutcome> {
    const presented = this.refreshTokens.read(token, contract);
    if (!presented) return { kind: 'invalid' };
    const now = this.clock.now();
    const fresh = await this.successor(tx, presented, contract, now);
    if (!fresh) return { kind: 'invalid' };
    const { rows } = await statement<DecidedRow>(tx, ROTATE, [
      presented.sessionId,
      presented.digest,
      fresh.digest,
      seal(successorKey(presented), Buffer.from(fresh.token), presented.sessionId),
      now,
      fresh.expiresAt,
      contract,
      deviceId,
    ]);
    const [row] = rows;
    return row ? this.outcome(tx, row, presented, fresh.token, now) : { kind: 'invalid' };
  }

  private async outcome(
    tx: Tx,
    { outcome, sealedSuccessor, ...session }: DecidedRow,
    presented: PresentedRefreshToken,
    freshToken: string,
    now: Date,
  ): Promise<RotationOutcome> {
    if (outcome === 'theft' || !sealedSuccessor) {
      await this.endings.end(tx, [session.id]);
      return { kind: 'theft', session };
    }
    const refreshToken =
      outcome === 'rotated'
        ? freshToken
        : open(successorKey(presented), sealedSuccessor, presented.sessionId).toString();
    return {
      kind: outcome,
      session,
      refreshToken,
      refreshExpiresInSeconds: secondsUntil(session.expiresAt, now),
    };
  }

  /** The token that follows, should the presented one be the current. Reads only what no rotation changes. */
  private async successor(tx: Tx, presented: PresentedRefreshToken, contract: string, now: Date) {
    const { rows } = await statement<{ userId: string; refreshSeconds: number; endsAt: Date }>(
      tx,
      `SELECT user_id AS "userId", refresh_seconds AS "refreshSeconds", ends_at AS "endsAt"
       FROM sessions WHERE id = $1 AND contract = $2`,
      [presented.sessionId, contract],
    );
    const [row] = rows;
    if (!row) return null;
    const expiresAt = new Date(Math.min(addSeconds(now, row.refreshSeconds).getTime(), row.endsAt.getTime()));
    const { sessionId } = presented;
    return {
      ...this.refreshTokens.mint({ userId: row.userId, sessionId, contract, issuedAt: now, expiresAt }),
      expiresAt,
    };
  }
}

/**
 * Who holds the former token can open its successor, and the database alone cannot: it knows only the digest of what
 * this key is derived from (HKDF, RFC 5869).
 */
function successorKey({ id, sessionId }: PresentedRefreshToken): Buffer {
  return Buffer.from(hkdfSync('sha256', id, sessionId, 'latchkey refresh successor', 32));
}
