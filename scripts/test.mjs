// npm test [-- jest's own arguments], npm run test:full: everything that proves that the service works. Does all it
// needs by itself on a machine with only Node; the last line it prints is the count.
import { findPostgresFolder, findProgram } from './lib/find-program.mjs';
import { startDebianPostgres } from './lib/debian-postgres.mjs';
import { ensureBuilt } from './lib/ensure-built.mjs';
import { ensureInstalled } from './lib/ensure-installed.mjs';
import { runJest } from './lib/jest-run.mjs';
import { requireNode } from './lib/require-node.mjs';

const isFull = process.argv.includes('--full') || process.env.FULL === '1';
const isStrict = process.env.CI === 'true';
const jestArgs = process.argv.slice(2).filter((argument) => argument !== '--full');

const environment = { ...process.env, BCRYPT_COST: '4', NODE_ENV: 'test', ...(isFull ? { FULL: '1' } : {}) };

function findMissing() {
  const needed = [
    ['redis-server', findProgram('redis-server')],
    ['chromium', findProgram('chromium', 'chromium-browser')],
    ['nginx', findProgram('nginx')],
    ['OpenStack Swift', findProgram('swift-proxy-server')],
    ...(isFull ? [["Debian's PostgreSQL", findPostgresFolder()]] : []),
  ];
  return needed.filter(([, path]) => path === null).map(([name]) => name);
}

function tellMissing(missing) {
  if (missing.length === 0) return;
  const consequence = isStrict ? 'with CI=true that is a FAILURE' : 'what needs them is SKIPPED';
  console.log(`\n!!! MISSING on this machine: ${missing.join(', ')} – ${consequence}.\n`);
}

/** The whole of the contract tests once more, on the oldest PostgreSQL that we promise to work with. */
async function runOnDebianPostgres(programs) {
  console.log(`\nThe contract tests again, on the server of ${programs}`);
  const server = await startDebianPostgres(programs);
  try {
    return await runJest(['test/contract'], { ...environment, TEST_DATABASE_URL: server.url });
  } finally {
    await server.stop();
  }
}

async function runAll() {
  await requireNode();
  await ensureInstalled();
  await ensureBuilt();
  const counts = [await runJest(jestArgs, environment)];
  const programs = findPostgresFolder();
  if (isFull && jestArgs.length === 0 && programs !== null) counts.push(await runOnDebianPostgres(programs));
  return {
    passed: counts.reduce((sum, count) => sum + count.passed, 0),
    failed: counts.reduce((sum, count) => sum + count.failed, 0),
    skipped: counts.reduce((sum, count) => sum + count.skipped, 0),
  };
}

const missing = findMissing();
tellMissing(missing);
let counts = { passed: 0, failed: 1, skipped: 0 };
try {
  counts = await runAll();
} catch (error) {
  console.error(error);
}
tellMissing(missing);
const isGood = counts.failed === 0 && counts.passed > 0 && !(isStrict && missing.length > 0);
process.exitCode = isGood ? 0 : 1;
console.log(
  `${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`,
);
