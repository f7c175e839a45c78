import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** As whom a server program runs: PostgreSQL refuses to run as root. */
export interface ProgramAccount {
  /** A command that runs the rest of its arguments in a namespace where root is nobody, or nothing. */
  readonly prefix: readonly string[];
  readonly ids: { readonly uid: number; readonly gid: number } | null;
}

export const OWN_ACCOUNT: ProgramAccount = { prefix: [], ids: null };

/**
 * Nothing of the caller's environment: PGDATA, PGPORT or a locale that is not installed would change what the server's
 * programs do.
 */
export const PROGRAM_ENVIRONMENT: NodeJS.ProcessEnv = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

/** Runs a program to its end and returns what it printed; throws what it printed as errors. */
export async function runProgram(program: string, args: readonly string[], account = OWN_ACCOUNT): Promise<string> {
  const [command = program, ...rest] = [...account.prefix, program, ...args];
  const { stdout } = await execute(command, rest, { ...account.ids, cwd: '/', env: PROGRAM_ENVIRONMENT });
  return stdout.trim();
}
