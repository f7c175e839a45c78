import { readFile } from 'node:fs/promises';
import { inRoot } from './root.mjs';

/** Ends with a plain sentence on a Node that the project does not run on, before anything fails in an odd way. */
export async function requireNode() {
  const { engines } = JSON.parse(await readFile(inRoot('package.json'), 'utf8'));
  if (engines.node.split('||').some((range) => isWithin(process.versions.node, range.trim()))) return;
  throw new Error(`This is Node ${process.versions.node}; Latchkey needs ${engines.node}.`);
}

/** `^20.19.0`: that major, at least that minor. `>=24.11.0`: that or any later one. */
function isWithin(version, range) {
  const [major, minor] = version.split('.').map(Number);
  const [, operator, wantedMajor, wantedMinor] = /^(\^|>=)(\d+)\.(\d+)/.exec(range);
  if (major === Number(wantedMajor)) return minor >= Number(wantedMinor);
  return operator === '>=' && major > Number(wantedMajor);
}
