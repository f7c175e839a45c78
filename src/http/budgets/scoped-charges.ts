import type { BudgetScope } from './budget-scopes';
import type { BudgetCharge, NetworkBudgets } from './network-budgets.port';

export interface ScopedCharge extends BudgetCharge {
  readonly key: string;
  readonly scope: BudgetScope;
}

/**
 * Charges all scopes or none: when one refuses, what the others took is given back, so that a refused request costs
 * nobody else's budget. The refusal is the last of what is returned.
 */
export async function chargeScopes(
  scopes: readonly BudgetScope[],
  charge: (scope: BudgetScope) => Promise<Omit<ScopedCharge, 'scope'>>,
  budgets: NetworkBudgets,
): Promise<ScopedCharge[]> {
  const charges: ScopedCharge[] = [];
  for (const scope of scopes) {
    const taken = { ...(await charge(scope)), scope };
    charges.push(taken);
    if (taken.isWithin) continue;
    await giveBackAll(charges, budgets);
    break;
  }
  return charges;
}

/** Gives back what was taken. */
export async function giveBackAll(charges: readonly ScopedCharge[], budgets: NetworkBudgets): Promise<void> {
  for (const { isWithin, key, resetsAt } of charges) if (isWithin) await budgets.giveBack(key, resetsAt);
}
