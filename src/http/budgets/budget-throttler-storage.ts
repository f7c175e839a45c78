import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import type { BudgetCharge } from './network-budgets.port';
import { NetworkBudgets } from './network-budgets.port';

type ThrottlerRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

export interface BudgetRecord extends ThrottlerRecord {
  readonly key: string;
  readonly charge: BudgetCharge;
}

/** The throttler's storage over our port. Its interface can only count up, so the charge is handed on for giving back. */
@Injectable()
export class BudgetThrottlerStorage implements ThrottlerStorage {
  constructor(readonly budgets: NetworkBudgets) {}

  async increment(key: string, ttlMilliseconds: number, limit: number): Promise<BudgetRecord> {
    const charge = await this.budgets.charge(key, ttlMilliseconds / 1000, limit);
    return {
      key,
      charge,
      totalHits: charge.used,
      timeToExpire: charge.resetSeconds,
      isBlocked: !charge.isWithin,
      timeToBlockExpire: charge.isWithin ? 0 : charge.resetSeconds,
    };
  }
}
