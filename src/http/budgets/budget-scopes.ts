import { enclosingNetworks } from '../network-address';

/** One of the budgets that a request from a network is charged to. */
export interface BudgetScope {
  /** The name in the `RateLimit` fields. */
  readonly policy: string;
  readonly network: string;
  readonly limit: number;
}

const ENCLOSING_FACTOR = 10;

/**
 * A network's own budget, and for IPv6 those of its /56 and /48, ten times as large: who is given a /48 has 65 536
 * networks to call from.
 */
export function budgetScopes(network: string, limit: number): BudgetScope[] {
  return [
    { policy: 'network', network, limit },
    ...enclosingNetworks(network).map(({ prefixLength, network: enclosing }) => ({
      policy: `prefix-${prefixLength}`,
      network: enclosing,
      limit: limit * ENCLOSING_FACTOR,
    })),
  ];
}
