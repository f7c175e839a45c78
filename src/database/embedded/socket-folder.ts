import { createHash } from 'node:crypto';
import { chownSync, lstatSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { EmbeddedPostgresError } from './embedded-postgres.error';
import type { ProgramAccount } from './run-program';

/** `sun_path` holds 107 bytes on Linux, 103 on macOS; `/.s.PGSQL.5432.lock` comes after the folder. */
const LONGEST_FOLDER_BYTES = 80;

/**
 * Where the server of `dataFolder` has its Unix socket: in the cluster itself, which only its owner can enter. Under a
 * path too long for a socket: in /tmp, whatever TMPDIR says, so that all processes of one folder agree.
 */
export function socketFolderOf(dataFolder: string): string {
  if (Buffer.byteLength(dataFolder) <= LONGEST_FOLDER_BYTES) return dataFolder;
  return `/tmp/latchkey-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 16)}`;
}

/**
 * Makes the socket's folder where it is not the cluster itself. In a shared temporary folder somebody else may have
 * made it first, to stand in for our server or to connect to it: then the start stops.
 *
 * @throws EmbeddedPostgresError
 */
export async function secureSocketFolder(folder: string, account: ProgramAccount): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const ownUid = process.getuid?.();
  const found = lstatSync(folder);
  const owner = account.ids?.uid ?? ownUid;
  if (!found.isDirectory() || ![owner, ownUid].includes(found.uid) || (found.mode & 0o077) !== 0) {
    throw new EmbeddedPostgresError(`${folder}, meant for its socket, can be entered by others; remove it.`);
  }
  if (account.ids) chownSync(folder, account.ids.uid, account.ids.gid);
}
