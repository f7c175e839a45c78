import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '../../database/database.service';
import { addSeconds } from '../../kernel/clock';
import type { Caller } from '../../kernel/principal';
import { DEVICE_TOKEN_SECONDS } from './device-tokens.service';

/** How many devices an account may know: each is a place from which passwords may be tried apart from strangers. */
const DEVICES_PER_USER = 20;
const USER_AGENT_LENGTH = 512;

/** Which browsers and apps each account has been signed in from. */
@Injectable()
export class Devices {
  /**
   * Makes a device known to an account, or seen again. Beyond 20 the least recently seen ones are forgotten. Returns
   * whether it was unknown before.
   */
  async bind(
    tx: Tx,
    userId: string,
    deviceId: string,
    caller: Pick<Caller, 'ip' | 'userAgent'>,
    now: Date,
  ): Promise<boolean> {
    // one after the other, else each of several sign-ins at once would count without the others
    await statement(tx, `SELECT pg_advisory_xact_lock(hashtextextended('devices/' || $1, 0))`, [userId]);
    const { rows } = await statement<{ isNew: boolean }>(
      tx,
      `INSERT INTO devices (user_id, device_id, user_agent, ip, created_at, last_seen_at) VALUES ($1, $2, $3, $4, $5, $5)
       ON CONFLICT (user_id, device_id) DO UPDATE SET user_agent = EXCLUDED.user_agent, ip = EXCLUDED.ip,
         last_seen_at = GREATEST(devices.last_seen_at, EXCLUDED.last_seen_at)
       RETURNING (xmax = 0) AS "isNew"`,
      [userId, deviceId, caller.userAgent?.slice(0, USER_AGENT_LENGTH) ?? null, caller.ip, now],
    );
    await statement(
      tx,
      `DELETE FROM devices WHERE user_id = $1 AND device_id IN (
         SELECT device_id FROM devices WHERE user_id = $1
         ORDER BY device_id = $2 DESC, last_seen_at DESC, device_id OFFSET $3)`,
      [userId, deviceId, DEVICES_PER_USER],
    );
    return rows[0]?.isNew === true;
  }

  async notePassedFactor(tx: Tx, userId: string, deviceId: string, now: Date): Promise<void> {
    await statement(tx, `UPDATE devices SET second_factor_at = $3 WHERE user_id = $1 AND device_id = $2`, [
      userId,
      deviceId,
      now,
    ]);
  }

  async forgetSecondFactor(tx: Tx, userId: string): Promise<void> {
    await statement(tx, `UPDATE devices SET second_factor_at = NULL WHERE user_id = $1`, [userId]);
  }

  /** Returns whether the account knew it. */
  async unbind(tx: Tx, userId: string, deviceId: string): Promise<boolean> {
    const { affected } = await statement(tx, `DELETE FROM devices WHERE user_id = $1 AND device_id = $2`, [
      userId,
      deviceId,
    ]);
    return affected === 1;
  }

  /** Whether the account has been signed in from this device, and has not forgotten it. */
  async isKnown(tx: Tx, userId: string, deviceId: string): Promise<boolean> {
    const { rows } = await statement(tx, `SELECT 1 FROM devices WHERE user_id = $1 AND device_id = $2`, [
      userId,
      deviceId,
    ]);
    return rows.length > 0;
  }

  /** Forgets every device of an account. */
  async unbindAll(tx: Tx, userId: string): Promise<void> {
    await statement(tx, `DELETE FROM devices WHERE user_id = $1`, [userId]);
  }

  /** Forgets devices unseen for as long as their tokens live. Returns how many went. */
  async purge(tx: Tx, now: Date): Promise<number> {
    const { affected } = await statement(tx, `DELETE FROM devices WHERE last_seen_at < $1`, [
      addSeconds(now, -DEVICE_TOKEN_SECONDS),
    ]);
    return affected;
  }
}
