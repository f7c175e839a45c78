import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '../../database/database.service';
import { canonicalIdentifier } from '../../kernel/canonical';
import { Clock } from '../../kernel/clock';
import { Tickets } from './tickets.service';

export interface NewResetCode {
  readonly email: string;
  readonly lifeSeconds: number;
}

export interface ResetCode {
  /** The address in canonical form. */
  readonly address: string;
  readonly email: string;
  /** Spent, or the address's owner has done something since. Nobody must be able to tell. */
  readonly isVoid: boolean;
}

/** Requests to set a password by a mailed code: tickets that whoever asked names by a challenge. */
@Injectable()
export class ResetCodes {
  constructor(
    private readonly clock: Clock,
    private readonly tickets: Tickets,
  ) {}

  /** Returns the id. */
  issue(tx: Tx, { email, lifeSeconds }: NewResetCode): Promise<string> {
    const subject = canonicalIdentifier(email);
    return this.tickets.issue(tx, { purpose: 'reset-code', subject, payload: { email }, waitSeconds: lifeSeconds });
  }

  /** Open or void, until it expires. */
  find(tx: Tx, id: string): Promise<ResetCode | null> {
    return this.read(tx, id, '');
  }

  /** As `find`, locked until the transaction ends. */
  hold(tx: Tx, id: string): Promise<ResetCode | null> {
    return this.read(tx, id, 'FOR UPDATE');
  }

  private async read(tx: Tx, id: string, locking: '' | 'FOR UPDATE'): Promise<ResetCode | null> {
    const { rows } = await statement<ResetCode>(
      tx,
      `SELECT subject AS address, payload ->> 'email' AS email, consumed_at IS NOT NULL AS "isVoid" FROM tickets
       WHERE id = $1 AND purpose = 'reset-code' AND expires_at > $2 ${locking}`,
      [id, this.clock.now()],
    );
    return rows[0] ?? null;
  }
}
