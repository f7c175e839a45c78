/** A session as other rooms may know it: nothing of its refresh tokens. */
export interface SessionRow {
  readonly id: string;
  readonly userId: string;
  readonly contract: string;
  readonly deviceId: string | null;
  readonly authenticatedAt: Date;
  readonly amr: readonly string[];
  readonly accessSeconds: number;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  /** Until when its refresh token is good, unless rotated. */
  readonly expiresAt: Date;
  /** Its absolute end. */
  readonly endsAt: Date;
}

/** Select list of a `SessionRow`. */
export const SESSION_COLUMNS = `id, user_id AS "userId", contract, device_id AS "deviceId",
  authenticated_at AS "authenticatedAt", amr, access_seconds AS "accessSeconds", ip, user_agent AS "userAgent",
  created_at AS "createdAt", last_seen_at AS "lastSeenAt", expires_at AS "expiresAt", ends_at AS "endsAt"`;

/** Whole seconds from `now` to `then`, never negative. */
export function secondsUntil(then: Date, now: Date): number {
  return Math.max(0, Math.floor((then.getTime() - now.getTime()) / 1000));
}
