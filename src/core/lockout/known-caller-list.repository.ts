import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '../../database/database.service';
import { addSeconds, Clock } from '../../kernel/clock';
import { DEVICE_TOKEN_SECONDS } from './device-tokens.service';

/** A device or a network that an account knows, as its owner sees it. */
export interface KnownCaller {
  readonly id: string;
  readonly kind: 'device' | 'network';
  readonly userAgent: string | null;
  /** The address last seen, of a device. */
  readonly ip: string | null;
  readonly network: string | null;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  /** When it is forgotten unless seen again. */
  readonly knownUntil: Date;
}

/** What an account knows, for its owner to look through. */
@Injectable()
export class KnownCallerList {
  constructor(private readonly clock: Clock) {}

  /** Devices first, the last seen first. */
  async of(tx: Tx, userId: string): Promise<KnownCaller[]> {
    const { rows: devices } = await statement<Omit<KnownCaller, 'kind' | 'network' | 'knownUntil'>>(
      tx,
      `SELECT device_id AS id, user_agent AS "userAgent", ip, created_at AS "createdAt", last_seen_at AS "lastSeenAt"
       FROM devices WHERE user_id = $1 ORDER BY last_seen_at DESC, device_id`,
      [userId],
    );
    const { rows: networks } = await statement<Omit<KnownCaller, 'kind' | 'userAgent' | 'ip'>>(
      tx,
      `SELECT id, network, created_at AS "createdAt", last_seen_at AS "lastSeenAt", known_until AS "knownUntil"
       FROM known_networks WHERE user_id = $1 AND known_until > $2 ORDER BY last_seen_at DESC, network`,
      [userId, this.clock.now()],
    );
    return [
      ...devices.map((device) => ({
        ...device,
        kind: 'device' as const,
        network: null,
        knownUntil: addSeconds(device.lastSeenAt, DEVICE_TOKEN_SECONDS),
      })),
      ...networks.map((network) => ({ ...network, kind: 'network' as const, userAgent: null, ip: null })),
    ];
  }
}
