import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inRoot } from './root.mjs';
import { run } from './run.mjs';
import { withWorkLock } from './work-lock.mjs';

const STAMP = inRoot('dist', '.built-from');
const CONFIGURATION = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json'];

/** Builds dist unless it was built from exactly these sources. Safe when several processes call it at once. */
export async function ensureBuilt() {
  if (await isBuilt()) return;
  await withWorkLock(async () => {
    if (await isBuilt()) return;
    console.log('Building …');
    const sources = await digestOfSources();
    const nest = inRoot('node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
    const code = await run(process.execPath, [nest, 'build']);
    if (code !== 0) throw new Error(`The build failed (nest build ended with ${code}).`);
    // Last, and of what was there before: a build that broke off or was overtaken by an edit is built again.
    await writeFile(STAMP, sources);
  });
}

async function isBuilt() {
  try {
    return (await readFile(STAMP, 'utf8')) === (await digestOfSources());
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

/** By content, not by time: a checkout of an older commit changes files without making them newer than the build. */
async function digestOfSources() {
  const sources = await readdir(inRoot('src'), { recursive: true, withFileTypes: true });
  const files = sources
    .filter((entry) => entry.isFile() && !/spec\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  const paths = [...CONFIGURATION.map((name) => inRoot(name)), ...files].sort();
  const hash = createHash('sha256');
  for (const path of paths) {
    const content = await readFile(path);
    hash.update(`${path.slice(inRoot().length)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}
