import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const START_SECONDS = 30;

/**
 * Starts a server of its own from Debian's programs, on loopback and in a folder that goes with it; the system's own
 * service is left alone. Its programs refuse root, so as root they run as the package's account.
 *
 * @returns {Promise<{ url: string, stop(): Promise<void> }>}
 */
export async function startDebianPostgres(programs) {
  const account = findAccount();
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-postgres-'));
  const password = randomBytes(16).toString('hex');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  for (const path of [folder, passwordFile]) if (account.uid !== undefined) chownSync(path, account.uid, account.gid);
  const data = join(folder, 'data');
  const asAccount = { ...account, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] };
  const init = [
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--locale=C',
  ];
  const initialized = spawnSync(join(programs, 'initdb'), [...init, '--no-sync'], asAccount);
  if (initialized.status !== 0) throw new Error('initdb failed', { cause: initialized.error });
  const port = await findFreePort();
  const listening = ['-h', '127.0.0.1', '-p', String(port), '-k', folder];
  const settings = [
    '-c',
    'fsync=off',
    '-c',
    'max_connections=200',
    '-c',
    'logging_collector=off',
    '-c',
    'log_min_messages=fatal',
  ];
  const server = spawn(join(programs, 'postgres'), ['-D', data, ...listening, ...settings], asAccount);
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const stop = async () => {
    server.kill('SIGINT');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await waitUntilReady(programs, port, server);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`, stop };
}

function findAccount() {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  return { uid: idOf('-u'), gid: idOf('-g') };
}

function findFreePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function waitUntilReady(programs, port, server) {
  const deadline = performance.now() + START_SECONDS * 1000;
  const asking = ['-q', '-h', '127.0.0.1', '-p', String(port)];
  while (spawnSync(join(programs, 'pg_isready'), asking).status !== 0) {
    if (server.exitCode !== null || performance.now() > deadline) throw new Error("Debian's PostgreSQL does not start");
    await pause(100);
  }
}
