import { spawnSync } from 'node:child_process';

/**
 * The path of a program that a suite needs, or null when this machine has none: then the suite is skipped with a loud
 * line. Where `CI=true` it must be there: a suite that is skipped unseen proves nothing.
 *
 * @throws Error when it is missing and `CI=true`
 */
export function requireProgram(name: string): string | null {
  const found = spawnSync('sh', ['-c', 'command -v "$0"', name], { encoding: 'utf8' }).stdout.trim();
  if (found !== '') return found;
  if (process.env['CI'] === 'true') throw new Error(`${name} is not installed, and with CI=true nothing is skipped.`);
  process.stderr.write(`\n!!! SKIPPED: ${name} is not installed, so what needs it is not tested here.\n\n`);
  return null;
}
