/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * The two-sided Mann–Whitney U test, by its normal approximation with the correction for ties: how often chance alone
 * would set two samples of one distribution as far apart. It looks at ranks, so that a few slow answers weigh nothing.
 *
 * @param {readonly number[]} first
 * @param {readonly number[]} second
 */
export function mannWhitney(first, second) {
  const { ranksOfFirst, ties } = rank(first, second);
  const [m, n] = [first.length, second.length];
  const all = m + n;
  const u = ranksOfFirst - (m * (m + 1)) / 2;
  const variance = ((m * n) / 12) * (all + 1 - ties / (all * (all - 1)));
  const z = variance === 0 ? 0 : (u - (m * n) / 2) / Math.sqrt(variance);
  return { z, p: 2 * upperTail(Math.abs(z)) };
}

function rank(first, second) {
  const values = [...first.map((value) => [value, 1]), ...second.map((value) => [value, 0])];
  values.sort(([a], [b]) => a - b);
  let ranksOfFirst = 0;
  let ties = 0;
  for (let start = 0; start < values.length;) {
    let end = start + 1;
    while (end < values.length && values[end][0] === values[start][0]) end += 1;
    const size = end - start;
    // equal values share the mean of their ranks
    const shared = (start + 1 + end) / 2;
    for (let index = start; index < end; index += 1) ranksOfFirst += values[index][1] * shared;
    ties += size ** 3 - size;
    start = end;
  }
  return { ranksOfFirst, ties };
}

/** Of the normal distribution, for z ≥ 0; Abramowitz and Stegun 26.2.17, off by less than 7.5e-8. */
function upperTail(z) {
  const t = 1 / (1 + 0.2316419 * z);
  const series = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const sum = series.reduceRight((total, coefficient) => t * (coefficient + total), 0);
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}
