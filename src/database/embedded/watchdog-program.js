// Outlives the process that started it, by seconds: its standard input ends when that process ends, in whatever way.
// Then, unless another process uses the server, it stops it. Plain JavaScript, so that it runs from src and from dist.
'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { setTimeout: delay } = require('node:timers/promises');
const { Client } = require('pg');

const { dataFolder, socketFolder, database, user, useLock } = JSON.parse(process.argv[2] ?? '{}');

const POLL_MS = 50;
/** After a kill, the server may not have seen yet that its client is gone, or may just be starting. */
const PATIENCE_MS = 2_000;
const STOP_TIMEOUT_MS = 60_000;

// a service manager signals all processes of a service at once; this one has yet to do its work
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => undefined);

let isReleased = false;
process.stdin.on('data', () => (isReleased = true));
process.stdin.on('close', () => void leave());

async function leave() {
  const started = performance.now();
  for (;;) {
    const outcome = await attempt();
    if (outcome === 'stopped') return;
    const patience = outcome === 'changing' ? STOP_TIMEOUT_MS : isReleased ? 0 : PATIENCE_MS;
    if (performance.now() - started >= patience) return;
    await delay(POLL_MS);
  }
}

/** @returns {Promise<'stopped' | 'used' | 'absent' | 'changing'>} */
async function attempt() {
  const client = new Client({
    host: socketFolder,
    port: 5432,
    user,
    database,
    ssl: false,
    connectionTimeoutMillis: 5_000,
  });
  // the server ends this connection when it stops
  client.on('error', () => undefined);
  try {
    await client.connect();
    // Only tried, never waited for: whoever comes in the meantime takes the shared lock and keeps the server.
    const locked = await client.query('SELECT pg_try_advisory_lock($1) AS mine', [useLock]);
    if (!locked.rows[0].mine) return 'used';
    const file = await client.query(`SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS pid`);
    await stop(file.rows[0].pid);
    return 'stopped';
  } catch (error) {
    return ['ENOENT', 'ECONNREFUSED'].includes(error.code) ? 'absent' : 'changing';
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** SIGINT is PostgreSQL's fast shutdown. The lock is held until the server ends this connection by going down. */
async function stop(pid) {
  process.kill(pid, 'SIGINT');
  const started = performance.now();
  let removedAt = Infinity;
  while (isAlive(pid) && performance.now() - started < STOP_TIMEOUT_MS) {
    // the file goes last; what is then left of the process may be a zombie that nobody collects
    if (removedAt === Infinity && !existsSync(join(dataFolder, 'postmaster.pid'))) removedAt = performance.now();
    if (performance.now() - removedAt > 1_000) return;
    await delay(POLL_MS);
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
