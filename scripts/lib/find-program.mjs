import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

// Debian puts servers where only root's PATH leads
const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin'];

/** The path of the first of these programs that is there, or null. */
export function findProgram(...names) {
  for (const name of names) {
    const folder = FOLDERS.find((candidate) => candidate !== '' && isProgram(join(candidate, name)));
    if (folder !== undefined) return join(folder, name);
  }
  return null;
}

/** The folder of Debian's newest PostgreSQL server programs, or null. */
export function findPostgresFolder() {
  const versions = '/usr/lib/postgresql';
  const found = listFolder(versions)
    .filter((name) => /^\d+$/.test(name))
    .sort((a, b) => Number(b) - Number(a))
    .map((name) => join(versions, name, 'bin'));
  return found.find((folder) => isProgram(join(folder, 'initdb'))) ?? null;
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function listFolder(path) {
  try {
    return readdirSync(path);
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}
