import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { dedicatedClient } from '../events/dedicated-client';

/** First half of our advisory lock keys, so that jobs never meet locks taken elsewhere for other things. */
const JOB_LOCKS = 0x4c4b_4a42;

/** Lets one process at a time do a named piece of work. */
@Injectable()
export class JobLock {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Runs `work` unless another process is at it. The lock lives on a connection of its own: it costs the pool nothing,
   * holds no transaction open, and goes when this process dies.
   *
   * @returns whether it ran
   */
  async tryRun(name: string, work: () => Promise<void>): Promise<boolean> {
    const client = dedicatedClient(this.dataSource, { application_name: 'latchkey job' });
    // a connection that dies while the work goes on is told here; nothing of the work depends on it
    let lost: unknown;
    client.on('error', (error) => {
      lost = error;
    });
    try {
      await client.connect();
      const { rows } = await client.query<{ isOurs: boolean }>(
        'SELECT pg_try_advisory_lock($1, hashtext($2)) AS "isOurs"',
        [JOB_LOCKS, name],
      );
      if (rows[0]?.isOurs !== true) return false;
      await work();
      if (lost) throw new Error(`The lock of job ${name} was lost while it ran.`, { cause: lost });
      return true;
    } finally {
      await client.end();
    }
  }
}
