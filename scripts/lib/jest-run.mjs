import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRoot } from './root.mjs';
import { run } from './run.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * Runs jest and counts from its own report. A file that could not run at all counts as one failed test, so that no
 * failure hides behind a zero.
 *
 * @returns {Promise<Counts>}
 */
export async function runJest(args, environment) {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-report-'));
  const report = join(folder, 'jest.json');
  try {
    const jest = inRoot('node_modules', 'jest', 'bin', 'jest.js');
    const code = await run(process.execPath, [jest, '--json', `--outputFile=${report}`, ...args], { env: environment });
    return countOf(await readReport(report), code);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readReport(path) {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

function countOf(report, code) {
  if (report === null) return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return {
    passed: report.numPassedTests,
    // jest may be unhappy for reasons of its own, such as a teardown that threw
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
