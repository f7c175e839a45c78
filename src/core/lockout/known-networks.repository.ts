import { Injectable } from '@nestjs/common';
import { lockName, statement, type Tx } from '../../database/database.service';
import { newId } from '../../kernel/ids';

/** How many networks an account may be known from. */
const NETWORKS_PER_USER = 5;

export interface NetworkVisit {
  readonly userId: string;
  readonly network: string;
  readonly now: Date;
  readonly knownUntil: Date;
  /** Whether a second factor was passed. */
  readonly withSecondFactor: boolean;
}

/** The networks that clients which keep no token are known by. */
@Injectable()
export class KnownNetworks {
  /**
   * Makes a network known, or known for longer. Beyond 5 the least recently seen ones are forgotten. Returns whether it
   * was unknown before.
   */
  async note(tx: Tx, { userId, network, now, knownUntil, withSecondFactor }: NetworkVisit): Promise<boolean> {
    // one after the other, else each of several sign-ins at once would count without the others
    await lockName(tx, 'known-networks', userId);
    const { affected } = await statement(
      tx,
      `DELETE FROM known_networks WHERE user_id = $1 AND network = $2 AND known_until <= $3`,
      [userId, network, now],
    );
    const { rows } = await statement<{ isNew: boolean }>(
      tx,
      `INSERT INTO known_networks (user_id, network, id, created_at, last_seen_at, known_until, second_factor_at)
       VALUES ($1, $2, $3, $4, $4, $5, CASE WHEN $6 THEN $4::timestamptz END)
       ON CONFLICT (user_id, network) DO UPDATE SET last_seen_at = EXCLUDED.last_seen_at,
         known_until = GREATEST(known_networks.known_until, EXCLUDED.known_until),
         second_factor_at = COALESCE(EXCLUDED.second_factor_at, known_networks.second_factor_at)
       RETURNING (xmax = 0) AS "isNew"`,
      [userId, network, newId(), now, knownUntil, withSecondFactor],
    );
    await statement(
      tx,
      `DELETE FROM known_networks WHERE user_id = $1 AND network IN (
         SELECT network FROM known_networks WHERE user_id = $1
         ORDER BY network = $2 DESC, last_seen_at DESC, network OFFSET $3)`,
      [userId, network, NETWORKS_PER_USER],
    );
    return affected > 0 || rows[0]?.isNew === true;
  }

  async forget(tx: Tx, userId: string, network: string): Promise<void> {
    await statement(tx, `DELETE FROM known_networks WHERE user_id = $1 AND network = $2`, [userId, network]);
  }

  /** Returns the network that had this id, which the account no longer is known from. */
  async forgetById(tx: Tx, userId: string, id: string): Promise<string | null> {
    const { rows } = await statement<{ network: string }>(
      tx,
      `WITH gone AS (DELETE FROM known_networks WHERE user_id = $1 AND id = $2 RETURNING network)
       SELECT network FROM gone`,
      [userId, id],
    );
    return rows[0]?.network ?? null;
  }

  async forgetAll(tx: Tx, userId: string): Promise<void> {
    await statement(tx, `DELETE FROM known_networks WHERE user_id = $1`, [userId]);
  }

  async forgetSecondFactor(tx: Tx, userId: string): Promise<void> {
    await statement(tx, `UPDATE known_networks SET second_factor_at = NULL WHERE user_id = $1`, [userId]);
  }

  async purge(tx: Tx, now: Date): Promise<void> {
    await statement(tx, `DELETE FROM known_networks WHERE known_until <= $1`, [now]);
  }
}
