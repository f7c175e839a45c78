import { readFileSync, readlinkSync, realpathSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

/** The process id in a server's lock file, or null where there is no file or nothing in it yet. */
export function readPostmasterPid(dataFolder: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8'), 10);
    return pid > 0 ? pid : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * After a machine or container died, the process id in the lock file may by now be anybody's, and PostgreSQL would
 * refuse to start for as long as that one lives. A postmaster's working folder is its data folder; whoever is
 * elsewhere is none of ours. Should one have started in between, it still guards the folder by its shared memory.
 */
export function removeStalePostmasterFile(dataFolder: string): void {
  const pid = readPostmasterPid(dataFolder);
  if (pid === null || process.platform !== 'linux') return;
  const workingFolder = workingFolderOf(pid);
  if (workingFolder === null || workingFolder === realpathSync(dataFolder)) return;
  if (readPostmasterPid(dataFolder) === pid) unlinkSync(join(dataFolder, 'postmaster.pid'));
}

/** Null when there is no such process, or it may not be looked at: PostgreSQL then decides by itself. */
function workingFolderOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}
