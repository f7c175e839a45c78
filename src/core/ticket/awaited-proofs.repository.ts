import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import { Tickets } from './tickets.service';

export interface AwaitedProof {
  /** The address in canonical form. */
  readonly address: string;
  /** Where the registration came from: nobody else is told of it. */
  readonly network: string;
}

/**
 * Registrations whose mailbox is not proved yet, as far as a sign-in is told of them: "not yet" instead of "wrong". They
 * open nothing. They are written whoever holds the address and outlive whatever becomes of it, so that the answer to a
 * password somebody has registered with says nothing of the address.
 */
@Injectable()
export class AwaitedProofs {
  constructor(
    private readonly clock: Clock,
    private readonly tickets: Tickets,
  ) {}

  /** In place of an earlier one of this address and network. Call with the address's name locked. */
  async note(tx: Tx, { address, network }: AwaitedProof, passwordHash: string, lifeSeconds: number): Promise<void> {
    await statement(
      tx,
      `DELETE FROM tickets WHERE subject = $1 AND purpose = 'awaited-proof' AND payload ->> 'network' = $2`,
      [address, network],
    );
    await this.tickets.issue(tx, {
      purpose: 'awaited-proof',
      subject: address,
      payload: { network, passwordHash },
      waitSeconds: lifeSeconds,
    });
  }

  /** The hash of its password. */
  async findHash(tx: Tx, { address, network }: AwaitedProof): Promise<string | null> {
    const { rows } = await statement<{ hash: string | null }>(
      tx,
      `SELECT (SELECT payload ->> 'passwordHash' FROM tickets
         WHERE subject = $1 AND purpose = 'awaited-proof' AND expires_at > $2 AND payload ->> 'network' = $3
         ORDER BY created_at DESC, id DESC LIMIT 1) AS hash`,
      [address, this.clock.now(), network],
    );
    return rows[0]?.hash ?? null;
  }
}
