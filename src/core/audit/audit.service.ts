import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { statement, type Tx } from '../../database/database.service';
import { addSeconds, Clock, DAY_SECONDS } from '../../kernel/clock';
import type { Caller } from '../../kernel/principal';
import { hmacSha256 } from '../../platform/crypto/digest';
import { ServiceKeys } from '../../platform/keys/service-keys.service';

export type AuditEventName =
  | 'registered'
  | 'activated'
  | 'admin-suspended'
  | 'account-taken-over'
  | 'email-verified'
  | 'email-verification-failed'
  | 'signed-in'
  | 'sign-in-failed'
  | 'attempt-reported'
  | 'mailed-code-failed'
  | 'locked'
  | 'lock-lifted'
  | 'unlock-link-used'
  | 'device-forgotten'
  | 'reauthenticated'
  | 'reauthentication-failed'
  | 'refresh-reused'
  | 'sessions-ended'
  | 'password-changed'
  | 'password-recovered'
  | 'password-set-by-link'
  | 'master-password-changed'
  | 'password-change-failed'
  | 'account-deleted'
  | 'address-changed'
  | 'address-change-failed'
  | 'factor-enabled'
  | 'factor-disabled'
  | 'recovery-codes-replaced'
  | 'second-factor-failed'
  | 'temporary-password-given'
  | 'recovery-failed'
  | 'change-undone'
  | 'undo-failed'
  | 'profile-changed';

export interface AuditEntry {
  readonly event: AuditEventName;
  readonly userId: string | null;
  /** What the caller named, in canonical form, where no account is known: kept only as a keyed hash. */
  readonly identifier?: string;
  readonly caller: Caller;
  /** Never an address, a name or a secret. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
}

const NETWORK_KEPT_SECONDS = 30 * DAY_SECONDS;

/** What happened, to whom, from where. Accounts are named by uuid, unknown identifiers by keyed hash. */
@Injectable()
export class Audit {
  constructor(
    private readonly clock: Clock,
    private readonly keys: ServiceKeys,
    private readonly settings: Settings,
  ) {}

  /** Writes one event, in the transaction of what it tells about. */
  async record(tx: Tx, entry: AuditEntry): Promise<void> {
    const digest = entry.identifier === undefined ? null : hmacSha256(this.keys.key('audit'), entry.identifier);
    await statement(
      tx,
      `INSERT INTO audit_events (at, event, user_id, identifier_digest, network, contract, request_id, facts)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        this.clock.now(),
        entry.event,
        entry.userId,
        digest,
        entry.caller.network,
        entry.caller.contract,
        entry.caller.requestId,
        JSON.stringify(entry.facts ?? {}),
      ],
    );
  }

  /** Deletes events past their retention and shortens networks that are 30 days old (to /16, or /32 in IPv6). */
  async purge(tx: Tx): Promise<void> {
    const now = this.clock.now();
    await statement(tx, `DELETE FROM audit_events WHERE at < $1`, [
      addSeconds(now, -this.settings.auditRetentionSeconds),
    ]);
    await statement(
      tx,
      `UPDATE audit_events
       SET network = set_masklen(network, CASE family(network) WHEN 4 THEN 16 ELSE 32 END)
       WHERE at < $1 AND masklen(network) > CASE family(network) WHEN 4 THEN 16 ELSE 32 END`,
      [addSeconds(now, -NETWORK_KEPT_SECONDS)],
    );
  }
}
