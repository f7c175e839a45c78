import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinaries } from './binaries';

describe('the search for a server', () => {
  let root: string;

  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'latchkey-binaries-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  const aServer = (name: string, script: string): string => {
    const folder = join(root, name);
    mkdirSync(folder);
    writeFileSync(join(folder, 'postgres'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'postgres'), 0o755);
    return folder;
  };

  it('takes the first one that runs here', async () => {
    const broken = aServer('broken', 'exit 127');
    const fine = aServer('fine', 'echo "postgres (PostgreSQL) 17.2 (Debian 17.2-1.pgdg120+1)"');
    const other = aServer('other', 'echo "postgres (PostgreSQL) 18.4"');
    await expect(findBinaries(null, [broken, fine, other])).resolves.toEqual({ folder: fine, major: '17' });
  });

  it('takes only the version that made the data', async () => {
    const older = aServer('older', 'echo "postgres (PostgreSQL) 15.9"');
    const same = aServer('same', 'echo "postgres (PostgreSQL) 18.4"');
    await expect(findBinaries('18', [older, same])).resolves.toEqual({ folder: same, major: '18' });
  });

  it('names both versions where only another one is here', async () => {
    const older = aServer('older', 'echo "postgres (PostgreSQL) 15.9"');
    await expect(findBinaries('18', [older])).rejects.toThrow(
      /made by PostgreSQL 18, but only version 15 is here.*DATABASE_URL/s,
    );
  });

  it('names the platform and the way out where there is none', async () => {
    await expect(findBinaries(null, [])).rejects.toThrow(
      new RegExp(`no server for ${process.platform}-${process.arch} was found.*DATABASE_URL`, 's'),
    );
  });

  it('names musl where Node runs on that', async () => {
    const report = jest.spyOn(process.report, 'getReport').mockReturnValue({ header: {} });
    await expect(findBinaries(null, [])).rejects.toThrow(/musl.*Alpine.*DATABASE_URL/s);
    report.mockRestore();
  });
});
