import { Injectable } from '@nestjs/common';
import { Database, lockName, statement, type Tx } from '../../database/database.service';
import type { Ticket } from './tickets.service';

/** Wrong secrets of one network, over all undo links of an account. */
const OF_A_NETWORK = 10;
/** Wrong secrets in all (NIST SP 800-63B-4 §3.2.2). */
const OF_ALL = 100;

/**
 * Tries at the secret that undo links ask for. All links of an account share them, since they ask for the same secret; and
 * each network has its own share, so that whoever reads the mailbox cannot use up its owner's.
 */
@Injectable()
export class UndoTries {
  constructor(private readonly database: Database) {}

  /** Takes one before the secret is looked at. False when there is none left. */
  async reserve({ id, userId }: Ticket, network: string): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      await lockName(tx, 'undo-tries', userId ?? id);
      const { affected } = await statement(
        tx,
        `UPDATE tickets SET wrong_tries = wrong_tries + 1,
           payload = payload || jsonb_build_object('tries', coalesce(payload -> 'tries', '{}')
             || jsonb_build_object($3::text, coalesce((payload -> 'tries' ->> $3)::int, 0) + 1))
         FROM (SELECT coalesce(sum(wrong_tries), 0) AS in_all,
                 coalesce(sum((payload -> 'tries' ->> $3)::int), 0) AS from_here
               FROM tickets WHERE purpose = 'undo' AND (id = $1 OR user_id = $2)) AS spent
         WHERE id = $1 AND consumed_at IS NULL AND in_all < $4 AND from_here < $5`,
        [id, userId, network, OF_ALL, OF_A_NETWORK],
      );
      return affected === 1;
    });
  }

  /** It was right, or never judged. */
  async giveBack(tx: Tx, { id }: Ticket, network: string): Promise<void> {
    await statement(
      tx,
      `UPDATE tickets SET wrong_tries = wrong_tries - 1,
         payload = jsonb_set(payload, ARRAY['tries', $2], to_jsonb((payload -> 'tries' ->> $2)::int - 1))
       WHERE id = $1 AND (payload -> 'tries' ->> $2)::int > 0`,
      [id, network],
    );
  }
}
