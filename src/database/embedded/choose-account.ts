import { statSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres.error';
import { OWN_ACCOUNT, runProgram, type ProgramAccount } from './run-program';

/** A user namespace in which root appears as nobody: needs no chown, and the programs may lie under a 0700 folder. */
const NAMESPACE: ProgramAccount = {
  prefix: ['unshare', '--user', '--map-user=65534', '--map-group=65534'],
  ids: null,
};
const ORDINARY_ACCOUNTS = ['postgres', 'nobody'];

/**
 * As whom the server runs: as ourselves, or, when we are root (which PostgreSQL refuses), as the owner of the data,
 * as root seen as nobody, or as another account.
 *
 * @param binFolder where the server's programs are
 * @param dataFolder the cluster, made or not
 * @param rootsChoice what root may try instead of the usual
 * @throws EmbeddedPostgresError when none of them works
 */
export async function chooseAccount(
  binFolder: string,
  dataFolder: string,
  rootsChoice: readonly ProgramAccount[] | null = null,
): Promise<ProgramAccount> {
  const ownUid = process.getuid?.();
  const owner = statSync(dataFolder, { throwIfNoEntry: false });
  const program = join(binFolder, 'initdb');
  if (owner !== undefined && owner.uid !== ownUid) {
    if (ownUid === 0) return ownersAccount(owner, program, dataFolder);
    throw new EmbeddedPostgresError(
      `${dataFolder} belongs to another account (uid ${owner.uid}); start it as that one.`,
    );
  }
  if (ownUid !== 0) return OWN_ACCOUNT;
  // data of root is read by root in a namespace alone: no other account can enter it
  return firstToRun(program, rootsChoice ?? (owner ? [NAMESPACE] : [NAMESPACE, ...(await ordinaryAccounts())]));
}

async function ownersAccount(
  owner: { readonly uid: number; readonly gid: number },
  program: string,
  dataFolder: string,
): Promise<ProgramAccount> {
  const account: ProgramAccount = { prefix: [], ids: { uid: owner.uid, gid: owner.gid } };
  if (await canRun(program, account)) return account;
  throw new EmbeddedPostgresError(
    `${dataFolder} belongs to another account (uid ${owner.uid}), which cannot run ${program}.`,
  );
}

async function firstToRun(program: string, accounts: readonly ProgramAccount[]): Promise<ProgramAccount> {
  for (const account of accounts) {
    if (await canRun(program, account)) return account;
  }
  throw new EmbeddedPostgresError(
    'PostgreSQL refuses to run as root, this system allows root no user namespaces (unshare --user), and no other ' +
      'account can run it from this folder. Start the service as an ordinary user.',
  );
}

async function ordinaryAccounts(): Promise<ProgramAccount[]> {
  const accounts: ProgramAccount[] = [];
  for (const name of ORDINARY_ACCOUNTS) {
    try {
      const uid = Number(await runProgram('id', ['-u', name]));
      const gid = Number(await runProgram('id', ['-g', name]));
      accounts.push({ prefix: [], ids: { uid, gid } });
    } catch {
      // this system has no such account
    }
  }
  return accounts;
}

async function canRun(program: string, account: ProgramAccount): Promise<boolean> {
  try {
    await runProgram(program, ['--version'], account);
    return true;
  } catch {
    return false;
  }
}
