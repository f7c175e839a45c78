import { Injectable } from '@nestjs/common';
import { Database, statement, type Tx } from '../../../database/database.service';
import { addSeconds, Clock, MINUTE_SECONDS } from '../../../kernel/clock';

/** How long bytes that are on their way are left alone after the last sign of life. */
export const LEASE_SECONDS = 30 * MINUTE_SECONDS;
/** When the one who removes bytes has not said that they are gone, another one may try. */
const REMOVAL_SECONDS = 10 * MINUTE_SECONDS;

/**
 * Who may do what with bytes: the rows of `stored_blobs`. One that is not `coming` any more, or whose lease has ended,
 * can never be pointed at; one that is `kept` can never be removed.
 */
@Injectable()
export class BlobLeases {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Before the first byte is written. */
  async begin(key: string): Promise<void> {
    await statement(
      this.database.pool,
      `INSERT INTO stored_blobs (key, state, lease_until) VALUES ($1, 'coming', $2)`,
      [key, addSeconds(this.clock.now(), LEASE_SECONDS)],
    );
  }

  /** Whether the bytes are still ours to write. */
  async extend(key: string): Promise<boolean> {
    const now = this.clock.now();
    const { affected } = await statement(
      this.database.pool,
      `UPDATE stored_blobs SET lease_until = $2 WHERE key = $1 AND state = 'coming' AND lease_until > $3`,
      [key, addSeconds(now, LEASE_SECONDS), now],
    );
    return affected === 1;
  }

  /** In the transaction that points at them. Whether that may be. */
  async keep(tx: Tx, key: string): Promise<boolean> {
    const { affected } = await statement(
      tx,
      `UPDATE stored_blobs SET state = 'kept', lease_until = NULL
       WHERE key = $1 AND state = 'coming' AND lease_until > $2`,
      [key, this.clock.now()],
    );
    return affected === 1;
  }

  /** Bytes that came to nothing: whether they may be removed now. They may not once a row points at them. */
  async giveUp(key: string): Promise<boolean> {
    const { affected } = await statement(
      this.database.pool,
      `UPDATE stored_blobs SET state = 'leaving', lease_until = $2 WHERE key = $1 AND state = 'coming'`,
      [key, addSeconds(this.clock.now(), REMOVAL_SECONDS)],
    );
    return affected === 1;
  }

  /** From now on those who still read what was let go of have this long. */
  async graceForReaders(seconds: number): Promise<void> {
    await statement(
      this.database.pool,
      `UPDATE stored_blobs SET lease_until = $1
       WHERE state <> 'kept' AND state = 'released' AND lease_until IS NULL`,
      [addSeconds(this.clock.now(), seconds)],
    );
  }

  /**
   * Takes up to `limit` whose time has come, and no other process does for ten minutes. It is committed before anything
   * is removed: what has been taken can never be pointed at again.
   */
  async takeDue(limit: number): Promise<string[]> {
    const now = this.clock.now();
    const { rows } = await statement<{ key: string }>(
      this.database.pool,
      `UPDATE stored_blobs SET state = 'leaving', lease_until = $2
       WHERE key IN (
         SELECT b.key FROM stored_blobs b
         WHERE b.state <> 'kept' AND b.lease_until <= $1
           AND NOT EXISTS (SELECT 1 FROM stored_objects o WHERE o.blob_key = b.key)
         ORDER BY b.lease_until LIMIT $3 FOR UPDATE SKIP LOCKED)
       RETURNING key`,
      [now, addSeconds(now, REMOVAL_SECONDS), limit],
    );
    return rows.map(({ key }) => key);
  }

  /** After the last byte is gone; a trigger counts them off for those whose they were. */
  async forget(keys: readonly string[]): Promise<void> {
    await this.database.transaction((tx) =>
      statement(tx, `DELETE FROM stored_blobs WHERE key = ANY($1) AND state = 'leaving'`, [keys]),
    );
  }
}
