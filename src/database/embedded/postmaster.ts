import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, fchownSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { removeStalePostmasterFile } from './postmaster-file';
import { PROGRAM_ENVIRONMENT, type ProgramAccount } from './run-program';
import { serverLogFile } from './server-log';

export interface PostmasterInput {
  readonly binFolder: string;
  readonly dataFolder: string;
  readonly socketFolder: string;
  readonly account: ProgramAccount;
}

/**
 * Starts the server in a session of its own, where no Ctrl-C of the terminal reaches it. A second one on the same
 * folder ends at once by itself: that is PostgreSQL's own guard.
 */
export function launchPostmaster(input: PostmasterInput): ChildProcess {
  removeStalePostmasterFile(input.dataFolder);
  const program = join(input.binFolder, 'postgres');
  const [command = program, ...args] = [...input.account.prefix, program, ...serverArguments(input)];
  const log = openSync(serverLogFile(input.dataFolder), 'a', 0o600);
  try {
    // root's file would be closed to that account, should it start the service itself one day
    if (input.account.ids) fchownSync(log, input.account.ids.uid, input.account.ids.gid);
    const options = { ...input.account.ids, cwd: '/', env: PROGRAM_ENVIRONMENT, detached: true };
    const child = spawn(command, args, { ...options, stdio: ['ignore', log, log] });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

function serverArguments({ dataFolder, socketFolder }: PostmasterInput): string[] {
  const settings = {
    listen_addresses: '',
    port: '5432',
    unix_socket_directories: `"${socketFolder.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    max_connections: '100',
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // failed statements are the service's to log: PostgreSQL would write addresses and digests beside them
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    logging_collector: 'off',
  };
  return ['-D', dataFolder, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}
