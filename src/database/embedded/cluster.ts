import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, chown, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres.error';
import { runProgram, type ProgramAccount } from './run-program';

export const SUPERUSER = 'postgres';
const DEBRIS_AGE_MS = 600_000;

/** The major version that made the cluster in `folder`; null where there is none yet. */
export function clusterMajor(folder: string): string | null {
  const file = join(folder, 'PG_VERSION');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
}

/**
 * Makes an empty cluster in `folder` unless there is one. It is made beside and renamed, so that a half-made cluster is
 * never used, and of two processes that do this at once one wins and the other takes what that one made.
 */
export async function createCluster(folder: string, binFolder: string, account: ProgramAccount): Promise<void> {
  if (clusterMajor(folder) !== null) return;
  if (account.ids) await letThrough(dirname(folder));
  await removeDebris(folder);
  const draft = `${folder}.new-${randomBytes(6).toString('hex')}`;
  await makePrivateFolder(draft, account);
  try {
    await initialize(draft, binFolder, account);
    await moveInto(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

function initdbArguments(folder: string): string[] {
  return [
    `--pgdata=${folder}`,
    `--username=${SUPERUSER}`,
    // whoever can enter the socket's folder (mode 0700) is the owner of the files anyway; nobody comes by network
    '--auth-local=trust',
    '--auth-host=reject',
    '--encoding=UTF8',
    // identifiers are folded before they get here; an order that no update of libc can change keeps indexes whole
    '--no-locale',
    '--data-checksums',
  ];
}

/** A folder that only the server's account can enter. */
async function makePrivateFolder(folder: string, account: ProgramAccount): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  if (account.ids) await chown(folder, account.ids.uid, account.ids.gid);
}

/** Another account must get to its own folder, without seeing what else is in ours. */
async function letThrough(parent: string): Promise<void> {
  await chmod(parent, ((await stat(parent)).mode & 0o777) | 0o011);
}

async function initialize(draft: string, binFolder: string, account: ProgramAccount): Promise<void> {
  try {
    await runProgram(join(binFolder, 'initdb'), initdbArguments(draft), account);
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new EmbeddedPostgresError(`its data folder could not be made. ${stderr.trim()}.`, { cause: error });
  }
}

async function moveInto(draft: string, folder: string): Promise<void> {
  try {
    await rename(draft, folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isTaken = (code === 'ENOTEMPTY' || code === 'EEXIST') && clusterMajor(folder) !== null;
    if (!isTaken) throw error;
  }
  const parent = await open(dirname(folder));
  try {
    // the new name survives a power cut only once its folder is written
    await parent.sync();
  } finally {
    await parent.close();
  }
}

/** What a process left that died while it made a cluster; a young one may still be in the making. */
async function removeDebris(folder: string): Promise<void> {
  const parent = dirname(folder);
  for (const name of await readdir(parent)) {
    if (!name.startsWith(`${basename(folder)}.new-`)) continue;
    const found = await stat(join(parent, name)).catch(() => null);
    if (found && Date.now() - found.mtimeMs > DEBRIS_AGE_MS)
      await rm(join(parent, name), { recursive: true, force: true });
  }
}
