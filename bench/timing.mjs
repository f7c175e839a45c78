// npm run bench:timing [-- <requests a side, 1000> [<route>]]: whether the time of an answer tells that an account exists.
// Starts a service of its own and asks about known and unknown addresses in turn. Ends with 1 when a difference shows.
import { ensureBuilt } from '../scripts/lib/ensure-built.mjs';
import { ensureInstalled } from '../scripts/lib/ensure-installed.mjs';
import { BenchService } from './lib/bench-service.mjs';
import { mannWhitney, median } from './lib/statistics.mjs';

/** A difference counts as shown below this, in two samples one after the other: once in a million runs by chance. */
const SIGNIFICANT = 0.001;
/** An address gets 5 mails of a kind an hour and locks after 10 wrong passwords: below both, each request is alike. */
const USES_OF_AN_ADDRESS = 2;
const WARM_UP = 40;
const PASSWORD = 'correct horse battery staple';

const PROBES = [
  { path: '/auth/register', bodyFor: (email) => ({ email, password: PASSWORD }), status: 204 },
  { path: '/auth/activate/request', bodyFor: (email) => ({ email }), status: 204 },
  { path: '/auth/change-password/request', bodyFor: (email) => ({ email }), status: 204 },
  { path: '/auth/login', bodyFor: (email) => ({ email, password: `not ${PASSWORD}` }), status: 401, isGuess: true },
];

const count = Number(process.argv[2] ?? 1000);
const probes = PROBES.filter(({ path }) => process.argv[3] === undefined || path === process.argv[3]);
if (!Number.isSafeInteger(count) || count < 20 || probes.length === 0) {
  console.error('Usage: npm run bench:timing [-- <requests a side, at least 20> [<route>]]');
  process.exit(2);
}

async function askOnce(service, { path, bodyFor, status }, email) {
  const startedAt = performance.now();
  const answer = await service.post(path, bodyFor(email));
  const milliseconds = performance.now() - startedAt;
  if (answer.status !== status) throw new Error(`${path} answered ${answer.status}`);
  return milliseconds;
}

/** Pairs of one known and one unknown address, which of the two comes first by lot: what drifts, drifts for both. */
async function sample(service, probe, { known, unknown }) {
  const times = { known: [], unknown: [] };
  for (let n = -WARM_UP; n < count; n += 1) {
    const index = (n + WARM_UP) % known.length;
    const pair = [
      ['known', known[index]],
      ['unknown', unknown[index]],
    ];
    if (Math.random() < 0.5) pair.reverse();
    for (const [side, email] of pair) {
      const milliseconds = await askOnce(service, probe, email);
      if (n >= 0) times[side].push(milliseconds);
    }
  }
  return times;
}

function judge(name, { known, unknown }) {
  const { p } = mannWhitney(known, unknown);
  const [ofKnown, ofUnknown] = [median(known), median(unknown)];
  const cells = [name.padEnd(34), ofKnown.toFixed(3), ofUnknown.toFixed(3), (ofKnown - ofUnknown).toFixed(3)];
  console.log([cells[0], ...cells.slice(1).map((cell) => cell.padStart(10)), p.toExponential(1).padStart(8)].join(' '));
  return { isShown: p < SIGNIFICANT, isKnownSlower: ofKnown > ofUnknown };
}

/** @returns whether a difference showed twice, the same way round */
async function tells(service, probe, name, addressesFor) {
  const first = judge(name, await sample(service, probe, await addressesFor()));
  if (!first.isShown) return false;
  const second = judge(`${name} (again)`, await sample(service, probe, await addressesFor()));
  return second.isShown && second.isKnownSlower === first.isKnownSlower;
}

/** Each sample has addresses of its own, so that no limit on an address is ever met. */
function addressSource(service) {
  let round = 0;
  return async () => {
    round += 1;
    const size = Math.ceil((count + WARM_UP) / USES_OF_AN_ADDRESS);
    const named = (kind) => Array.from({ length: size }, (_, index) => `${kind}-${round}-${index}@example.org`);
    const addresses = { known: named('known'), unknown: named('other') };
    await service.createAccounts(addresses.known, PASSWORD);
    return addresses;
  };
}

async function measure(cost, routes) {
  const service = await BenchService.start({ BCRYPT_COST: String(cost) });
  try {
    const addressesFor = addressSource(service);
    const telling = [];
    for (const probe of routes) {
      const name = `${probe.path} cost ${cost}`;
      if (await tells(service, probe, name, addressesFor)) telling.push(name);
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
  `${'route'.padEnd(34)} ${['known', 'unknown', 'difference'].map((c) => c.padStart(10)).join(' ')}        p`,
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
  console.error(`The time tells who has an account: ${telling.join(', ')}`);
  process.exitCode = 1;
} else {
  console.log('No difference is shown.');
}
