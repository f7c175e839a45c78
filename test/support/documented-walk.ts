import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ServiceProcess } from './service-process';

const run = promisify(execFile);
const ROOT = resolve(__dirname, '../..');

/** Plays the shell session that a page prints against a service of its own. Returns what it wrote, by line. */
export async function walkThrough(page: string): Promise<string[]> {
  const walk = /```bash\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, page), 'utf8'))?.[1] ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-walk-'));
  const service = await ServiceProcess.start({ dataDir: folder });
  try {
    const { stdout } = await run('bash', ['-c', `set -eu\n${walk}`], {
      cwd: folder,
      env: { PATH: process.env['PATH'], BASE: service.url },
      timeout: 45_000,
    });
    return stdout.trim().split('\n');
  } finally {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
