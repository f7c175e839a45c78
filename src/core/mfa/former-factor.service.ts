import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '../../database/database.service';
import { Clock } from '../../kernel/clock';
import { Totp } from './totp.service';

/** Puts the second factor of an account back to what it was. A factor is named by the instant it was enabled at. */
@Injectable()
export class FormerFactor {
  constructor(
    private readonly clock: Clock,
    private readonly totp: Totp,
  ) {}

  /** When the present factor was enabled; null where there is none. */
  async presentSince(tx: Tx, userId: string): Promise<Date | null> {
    const { rows } = await statement<{ enabledAt: Date | null }>(
      tx,
      `SELECT enabled_at AS "enabledAt" FROM totp WHERE user_id = $1`,
      [userId],
    );
    return rows[0]?.enabledAt ?? null;
  }

  /** Makes the factor enabled at `since` the present one, or takes the present one away where there was none. */
  async restore(tx: Tx, userId: string, since: Date | null): Promise<void> {
    const present = await this.presentSince(tx, userId);
    if (present?.getTime() === since?.getTime()) return;
    const formerId = since === null ? null : await this.findKept(tx, userId, since);
    if (formerId === null) await this.totp.remove(tx, userId);
    else await this.totp.reinstate(tx, userId, formerId);
  }

  private async findKept(tx: Tx, userId: string, enabledAt: Date): Promise<string | null> {
    const { rows } = await statement<{ id: string }>(
      tx,
      `SELECT id FROM former_totp WHERE user_id = $1 AND enabled_at = $2 AND expires_at > $3`,
      [userId, enabledAt, this.clock.now()],
    );
    return rows[0]?.id ?? null;
  }
}
