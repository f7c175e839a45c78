import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeOnLinux } from '../support/describe-on-linux';
import { ask, EmbeddedFolder } from '../support/embedded-folder';
import { eventually } from '../support/eventually';
import type { TypescriptProcess } from '../support/typescript-process';

const MANY = 200;

const committed = (writer: TypescriptProcess): number =>
  writer.lines.filter((line) => line.startsWith('committed ')).length;

const writesOn = (writer: TypescriptProcess): Promise<void> => {
  const before = committed(writer);
  return eventually(() => expect(committed(writer)).toBeGreaterThan(before + MANY), 30_000);
};

/** Rows said to be committed that are not there. */
const lostRows = async (writer: TypescriptProcess, url: string): Promise<string[]> => {
  const claimed = [...writer.lines];
  const rows = await ask<{ n: number }>(url, `SELECT n FROM written WHERE pid = ${writer.pid}`);
  const kept = new Set(rows.map(({ n }) => `committed ${n}`));
  return claimed.filter((line) => line.startsWith('committed ') && !kept.has(line));
};

describeOnLinux('the embedded database', () => {
  let folder: EmbeddedFolder;

  beforeEach(() => (folder = new EmbeddedFolder()));
  afterEach(() => folder.dispose());

  it('keeps every committed row when the process is killed, and its server stops', async () => {
    const writer = await folder.join('write');
    await writesOn(writer);
    await writer.end('SIGKILL');
    await eventually(() => expect(folder.processes()).toEqual([]));

    const next = await folder.join();
    await expect(lostRows(writer, next.find('ready'))).resolves.toEqual([]);
  });

  it('comes back by itself, for all its processes, when the server is killed, without losing a committed row', async () => {
    const writer = await folder.join('write');
    const other = await folder.join();
    for (let round = 0; round < 3; round += 1) {
      await writesOn(writer);
      process.kill(folder.postmasterPid, 'SIGKILL');
    }
    await writesOn(writer);
    await expect(lostRows(writer, other.find('ready'))).resolves.toEqual([]);
  });

  it('comes back after everything was killed at once', async () => {
    const writer = await folder.join('write');
    await writesOn(writer);
    await folder.killAll();

    const next = await folder.join();
    await expect(lostRows(writer, next.find('ready'))).resolves.toEqual([]);
  });

  it('starts although the process id in the lock file of a dead server is somebody else’s by now', async () => {
    await folder.join();
    await folder.killAll();
    const file = join(folder.path, 'postmaster.pid');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^\d+/, String(process.pid)));

    const next = await folder.join();
    await expect(ask(next.find('ready'), 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
  });

  it('leaves no server behind when its watchdog was killed before', async () => {
    const user = await folder.join();
    const [watchdog = 0] = folder.watchdogPids();
    process.kill(watchdog, 'SIGKILL');
    await eventually(() => {
      const [successor] = folder.watchdogPids();
      expect(successor).not.toBe(watchdog);
      expect(successor).toBeDefined();
    });
    await user.end('SIGKILL');
    await eventually(() => expect(folder.processes()).toEqual([]));
  });

  it('leaves no server behind when the process is killed while it starts it', async () => {
    const user = folder.launch();
    await eventually(() => expect(folder.processes().some(({ command }) => command.includes('-D'))).toBe(true));
    await user.end('SIGKILL');
    await eventually(() => expect(folder.processes()).toEqual([]));
  });
});
