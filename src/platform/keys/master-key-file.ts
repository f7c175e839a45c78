import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { MasterKeyError } from './master-key.error';

const KEY_BYTES = 32;
const FILE_NAME = 'master.key';

/**
 * The master key kept in the data folder, made on first use. Of any number of processes that start at once all get the
 * same key: it is written aside and linked into place, which exactly one of them can do, and never half a file.
 */
export function masterKeyOf(dataDir: string): Buffer {
  const path = join(dataDir, FILE_NAME);
  return readKey(path) ?? makeKey(dataDir, path);
}

function readKey(path: string): Buffer | null {
  const text = readIfExists(path);
  if (text === null) return null;
  const key = Buffer.from(text.trim(), 'base64');
  // never replaced: what was encrypted under the lost key would be lost with it
  if (key.length !== KEY_BYTES)
    throw new MasterKeyError(`${FILE_NAME} in the data folder does not hold 32 bytes in base64.`);
  return key;
}

function readIfExists(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function makeKey(dataDir: string, path: string): Buffer {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const aside = `${path}.${randomBytes(8).toString('hex')}`;
  writeDurably(aside, `${randomBytes(KEY_BYTES).toString('base64')}\n`);
  try {
    linkSync(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside);
  }
  syncFolder(dataDir);
  const key = readKey(path);
  if (key === null) throw new Error(`${FILE_NAME} vanished from the data folder.`);
  return key;
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The name, too, must survive a crash: rows sealed under the key are committed right after. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return; // folders cannot be opened there
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
