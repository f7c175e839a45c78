import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ServiceProcess } from '../support/service-process';

const run = promisify(execFile);
const README = readFileSync(resolve(__dirname, '../../README.md'), 'utf8');

describe('the README', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-readme-'));
  let service: ServiceProcess;

  beforeAll(async () => {
    service = await ServiceProcess.start({ dataDir: folder });
  }, 60_000);

  afterAll(async () => {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has a walk that works as it is written', async () => {
    const walk = /```bash\n([\s\S]*?)```/.exec(README)?.[1] ?? '';
    const { stdout } = await run('bash', ['-c', `set -eu\n${walk}`], {
      cwd: folder,
      env: { PATH: process.env['PATH'], BASE: service.url },
      timeout: 45_000,
    });
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(6);
    const [registered, activated, me, sessions, revoked, afterwards] = lines;
    expect([registered, activated, revoked, afterwards]).toEqual(['204', '204', '204', '401']);
    expect(JSON.parse(me ?? '')).toMatchObject({ email: 'hello@example.com', email_verified: true });
    expect(JSON.parse(sessions ?? '')).toMatchObject([{ contract: 'native', current: true }]);
  });
});
