import { readFile } from 'node:fs/promises';
import { inRoot } from './root.mjs';
import { runNpm } from './run.mjs';
import { withWorkLock } from './work-lock.mjs';

/** Installs what package-lock.json says, unless exactly that is installed. Safe when several processes call it at once. */
export async function ensureInstalled() {
  if (await isInstalled()) return;
  await withWorkLock(async () => {
    if (await isInstalled()) return;
    console.log('Installing the locked dependencies …');
    const code = await runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
    if (code !== 0) throw new Error(`The dependencies could not be installed (npm ci ended with ${code}).`);
  });
}

/**
 * npm writes node_modules/.package-lock.json as the last act of an install, so a broken one has none. Packages that
 * are optional (builds for other platforms) may be absent, but not there in another version.
 */
async function isInstalled() {
  const [locked, installed] = await Promise.all([
    readPackages(inRoot('package-lock.json')),
    readPackages(inRoot('node_modules', '.package-lock.json')),
  ]);
  if (locked === null) throw new Error('There is no package-lock.json: this is not a whole copy of the project.');
  if (installed === null) return false;
  return Object.entries(locked).every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed[path];
    if (found === undefined) return wanted.optional === true || wanted.devOptional === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

async function readPackages(path) {
  try {
    return JSON.parse(await readFile(path, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}
