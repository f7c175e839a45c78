import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
}

/** All processes that work in a folder or name it on their command line; zombies that nobody collects aside. */
export function processesIn(folder: string): FoundProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), command: commandOf(name), workingFolder: workingFolderOf(name) }))
    .filter(({ command, workingFolder }) => command.includes(folder) || workingFolder.startsWith(folder))
    .map(({ pid, command }) => ({ pid, command }));
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    // it has ended meanwhile
    return '';
  }
}

function workingFolderOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}
