// npm run bench:keys [-- <seconds of load, 30>]: what 1000 requests a second for sealing keys cost. Starts a service of its own
// and times another route in turn with and without that load. Ends with 1 where more RSA keys are made than one in three
// seconds, requests for them fail, or the other route is slow.
import autocannon from 'autocannon';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureBuilt } from '../scripts/lib/ensure-built.mjs';
import { ensureInstalled } from '../scripts/lib/ensure-installed.mjs';
import { BenchService } from './lib/bench-service.mjs';
import { median } from './lib/statistics.mjs';

const RATE = 1000;
const CONNECTIONS = 20;
const SHARED_SECONDS = 3;
const ROUND_SECONDS = 5;
const PAUSE_MS = 10;
/** The other route may take so many times as long under load, at the median. */
const ALLOWED_RATIO = 4;
const PERSON = { email: 'bench@example.org', username: 'bench' };
const PASSWORD = 'correct horse battery staple';

const seconds = Number(process.argv[2] ?? 30);
if (!Number.isSafeInteger(seconds) || seconds < ROUND_SECONDS) {
  console.error(`Usage: npm run bench:keys [-- <seconds of load, at least ${ROUND_SECONDS}>]`);
  process.exit(2);
}

/** Milliseconds that each of the requests took that were sent, one after the other, in that time. */
async function timesOf(service, path, headers, forSeconds) {
  const times = [];
  for (const startedAt = performance.now(); performance.now() - startedAt < forSeconds * 1000; await delay(PAUSE_MS)) {
    const askedAt = performance.now();
    const { status } = await service.get(path, headers);
    times.push(performance.now() - askedAt);
    if (status !== 200) throw new Error(`${path} answered ${status}`);
  }
  return times;
}

async function keyNumber(service) {
  return JSON.parse((await service.get('/auth/key')).text).id;
}

/** Loaded and quiet rounds in turn: what drifts, drifts for both. */
async function measure(service, headers) {
  const times = { quiet: [], loaded: [] };
  const total = { answered: 0, failed: 0, keys: 0, seconds: 0 };
  for (let left = seconds; left > 0; left -= ROUND_SECONDS) {
    times.quiet.push(...(await timesOf(service, '/user/me', headers, ROUND_SECONDS)));
    const [firstKey, startedAt] = [await keyNumber(service), performance.now()];
    const [load, loaded] = await Promise.all([
      autocannon({
        url: service.urlOf('/auth/key'),
        connections: CONNECTIONS,
        overallRate: RATE,
        duration: ROUND_SECONDS,
      }),
      timesOf(service, '/user/me', headers, ROUND_SECONDS),
    ]);
    times.loaded.push(...loaded);
    // keys are numbered one after the other
    total.keys += (await keyNumber(service)) - firstKey;
    total.seconds += (performance.now() - startedAt) / 1000;
    total.answered += load['2xx'];
    total.failed += load.non2xx + load.errors + load.timeouts;
  }
  return { times, total };
}

function report({ times, total }) {
  const rounds = Math.ceil(seconds / ROUND_SECONDS);
  // each round may begin within one key's time and end within another's
  const allowedKeys = Math.ceil(total.seconds / SHARED_SECONDS) + rounds;
  const high = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.99)];
  const ratio = median(times.loaded) / median(times.quiet);
  const rate = total.answered / (rounds * ROUND_SECONDS);
  console.log(`GET /auth/key: ${rate.toFixed(0)} answers a second, ${total.failed} failed`);
  console.log(`RSA keys made meanwhile: ${total.keys} in ${total.seconds.toFixed(1)} s (allowed: ${allowedKeys})`);
  for (const kind of ['quiet', 'loaded']) {
    const [middle, slow] = [median(times[kind]), high(times[kind])].map((value) => value.toFixed(2).padStart(8));
    console.log(`GET /user/me, ${kind.padEnd(6)}: median ${middle} ms, 99 % ${slow} ms, of ${times[kind].length}`);
  }
  console.log(`ratio of the medians: ${ratio.toFixed(2)} (allowed: ${ALLOWED_RATIO})`);
  return total.failed === 0 && total.keys <= allowedKeys && ratio <= ALLOWED_RATIO;
}

await ensureInstalled();
await ensureBuilt();
const service = await BenchService.start({});
try {
  await service.createAccounts([PERSON], PASSWORD);
  const answer = await service.post('/auth/login', { email: PERSON.email, password: PASSWORD, cookie: false });
  const headers = { authorization: `Bearer ${JSON.parse(answer.text).jwt_token}` };
  if (!report(await measure(service, headers))) process.exitCode = 1;
} finally {
  await service.stop();
}
