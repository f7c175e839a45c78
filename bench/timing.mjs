// npm run bench:timing [-- <requests a side, 1000> [<route>]]: whether the time of an answer tells that an account exists, or
// that an encrypted password was padded right. Starts a service of its own and asks for one and the other in turn. Ends with 1
// when a difference shows.
import { ensureBuilt } from '../scripts/lib/ensure-built.mjs';
import { ensureInstalled } from '../scripts/lib/ensure-installed.mjs';
import { addressProbes } from './lib/address-probes.mjs';
import { BenchService } from './lib/bench-service.mjs';
import { paddingProbe } from './lib/padding-probe.mjs';
import { mannWhitney, median } from './lib/statistics.mjs';

/** A difference counts as shown below this, in two samples one after the other: once in a million runs by chance. */
const SIGNIFICANT = 0.001;
const WARM_UP = 40;
const NAME_WIDTH = 56;

const PROBES = [...addressProbes, paddingProbe];

const count = Number(process.argv[2] ?? 1000);
const probes = PROBES.filter(({ name }) => process.argv[3] === undefined || name === process.argv[3]);
if (!Number.isSafeInteger(count) || count < 20 || probes.length === 0) {
  console.error('Usage: npm run bench:timing [-- <requests a side, at least 20> [<route>]]');
  process.exit(2);
}

async function askOnce(service, { path, status }, { body, headers }) {
  const startedAt = performance.now();
  const answer = await service.post(path, body, headers);
  const milliseconds = performance.now() - startedAt;
  if (answer.status !== status) throw new Error(`${path} answered ${answer.status}`);
  return milliseconds;
}

/** Pairs of a request of either side, which of the two comes first by lot: what drifts, drifts for both. */
async function sample(service, probe) {
  const requestFor = await probe.requestsFor(service, count + WARM_UP);
  const times = { [probe.sides[0]]: [], [probe.sides[1]]: [] };
  for (let n = -WARM_UP; n < count; n += 1) {
    const sides = Math.random() < 0.5 ? probe.sides : probe.sides.toReversed();
    for (const side of sides) {
      const request = await requestFor(side, n + WARM_UP);
      const milliseconds = await askOnce(service, probe, request);
      if (n >= 0) times[side].push(milliseconds);
    }
  }
  return probe.sides.map((side) => times[side]);
}

function judge(name, [first, second]) {
  const { p } = mannWhitney(first, second);
  const medians = [median(first), median(second)];
  const cells = [...medians, medians[0] - medians[1]].map((value) => value.toFixed(3).padStart(10));
  console.log([name.padEnd(NAME_WIDTH), ...cells, p.toExponential(1).padStart(8)].join(' '));
  return { isShown: p < SIGNIFICANT, isFirstSlower: medians[0] > medians[1] };
}

/** @returns whether a difference showed twice, the same way round */
async function tells(service, probe, name) {
  const first = judge(name, await sample(service, probe));
  if (!first.isShown) return false;
  const second = judge(`${name} (again)`, await sample(service, probe));
  return second.isShown && second.isFirstSlower === first.isFirstSlower;
}

async function measure(cost, routes) {
  const service = await BenchService.start({
    BCRYPT_COST: String(cost),
    // guesses come from many networks, and lock nobody
    TRUST_PROXY: '1',
    LOCKOUT_ATTEMPTS: '100',
  });
  try {
    const telling = [];
    for (const probe of routes) {
      const name = `${probe.name}, ${probe.sides.join(' or ')}, cost ${cost}`;
      if (await tells(service, probe, name)) telling.push(name);
    }
    return telling;
  } finally {
    await service.stop();
  }
}

await ensureInstalled();
await ensureBuilt();
console.log(`${count} requests a side; medians in milliseconds; p of a two-sided Mann–Whitney U test`);
console.log(
  `${'route'.padEnd(NAME_WIDTH)} ${['the one', 'the other', 'difference'].map((c) => c.padStart(10)).join(' ')}        p`,
);
// only where a guess is compared does the cost make a difference
const telling = [
  ...(await measure(4, probes)),
  ...(await measure(
    10,
    probes.filter(({ isGuess }) => isGuess),
  )),
];
if (telling.length > 0) {
  console.error(`The time tells one from the other: ${telling.join(', ')}`);
  process.exitCode = 1;
} else {
  console.log('No difference is shown.');
}
