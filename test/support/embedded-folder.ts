import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { readPostmasterPid } from '../../src/database/embedded/postmaster-file';
import { eventually } from './eventually';
import { processesIn, type FoundProcess } from './processes-in';
import { TypescriptProcess } from './typescript-process';

/** A folder for an embedded database, and the processes that use it. */
export class EmbeddedFolder {
  private readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'latchkey-embedded-')));
  readonly path = join(this.root, 'postgres');
  private readonly users: TypescriptProcess[] = [];

  /** Starts a process on the folder, without waiting for it. */
  launch(mode = ''): TypescriptProcess {
    const user = new TypescriptProcess('test/support/embedded-process.ts', [this.path, mode]);
    this.users.push(user);
    return user;
  }

  /** Starts a process on the folder and waits until it has its database. */
  async join(mode = ''): Promise<TypescriptProcess> {
    const user = this.launch(mode);
    await eventually(() => user.find('ready'));
    return user;
  }

  get postmasterPid(): number {
    const pid = readPostmasterPid(this.path);
    if (pid === null) throw new Error('no server');
    return pid;
  }

  /** All processes of the folder. */
  processes(): FoundProcess[] {
    return processesIn(this.root);
  }

  /** The process, its watchdog and the server, as when a machine or container dies. */
  async killAll(): Promise<void> {
    // in one go, before any of them can do something about the death of another
    for (const { pid } of this.processes()) killIfThere(pid);
    await eventually(() => {
      if (this.processes().length > 0) throw new Error('not all gone yet');
    });
  }

  watchdogPids(): number[] {
    return this.processes()
      .filter(({ command }) => command.includes('watchdog-program'))
      .map(({ pid }) => pid);
  }

  async dispose(): Promise<void> {
    await Promise.all(this.users.map((user) => user.end('SIGKILL')));
    await eventually(() => {
      if (this.processes().length > 0) throw new Error('still in use');
    });
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Runs one statement on a process's database; throws when it is not there. */
export async function ask<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** The children of a killed server end by themselves meanwhile. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
