import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boundServerLog, serverLogFile, tailOfServerLog } from './server-log';

describe('the log of the embedded server', () => {
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'latchkey-log-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is cut when it has grown, its last part kept beside it', () => {
    const file = serverLogFile(folder);
    writeFileSync(file, 'x'.repeat(1_100_000));
    boundServerLog(folder);
    expect(statSync(file).size).toBe(0);
    expect(statSync(`${file}.old`).size).toBe(1_100_000);
    appendFileSync(file, 'later');
    boundServerLog(folder);
    expect(readFileSync(file, 'utf8')).toBe('later');
  });

  it('tells its last lines, and nothing where there is none', () => {
    expect(tailOfServerLog(folder)).toBe('');
    writeFileSync(serverLogFile(folder), `${'x'.repeat(5_000)}\nFATAL: the reason\n`);
    expect(tailOfServerLog(folder)).toMatch(/FATAL: the reason$/);
    expect(tailOfServerLog(folder).length).toBeLessThan(2_000);
  });
});
