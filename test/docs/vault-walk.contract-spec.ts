import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ServiceProcess } from '../support/service-process';

const run = promisify(execFile);
const ROOT = resolve(__dirname, '../..');

describe('the vault example', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-vault-'));
  let service: ServiceProcess;

  beforeAll(async () => {
    service = await ServiceProcess.start({ dataDir: folder });
  }, 60_000);

  afterAll(async () => {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('enrols, decrypts, changes the master password, is locked out and comes back', async () => {
    const { stdout } = await run(process.execPath, ['examples/vault-walk.mjs', service.url], {
      cwd: ROOT,
      timeout: 110_000,
    });
    expect(stdout.trim().split('\n')).toEqual([
      'enrolled, and signed in',
      'another client decrypts',
      'a new master password ends the other sessions',
      'the same data opens under the new one',
      'what a thief changed is undone',
      'ten failures lock out who is not known',
      'a known device signs in all the same',
      'the mailed link lets its owner in',
      'done',
    ]);
  }, 120_000);
});
