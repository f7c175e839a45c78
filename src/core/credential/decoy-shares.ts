/** How many stored hashes have which cost. */
export interface CostCount {
  readonly cost: number;
  readonly count: number;
}

const FRACTION_BYTES = 6;
const FRACTION_LIMIT = 2 ** (8 * FRACTION_BYTES);

/**
 * The cost of the decoy for one name: the same at each try, and over all names spread as the stored hashes are, so that
 * the time of an answer does not tell a name that exists from one that does not.
 *
 * @param digest a keyed digest of the name; without the key nobody can work out which cost a decoy would have
 */
export function decoyCost(digest: Buffer, counts: readonly CostCount[], fallback: number): number {
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  let left = (digest.readUIntBE(0, FRACTION_BYTES) / FRACTION_LIMIT) * total;
  for (const { cost, count } of counts) {
    if (left < count) return cost;
    left -= count;
  }
  return fallback;
}
