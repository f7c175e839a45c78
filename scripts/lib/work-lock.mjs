import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { inRoot } from './root.mjs';

const LOCK_FILE = inRoot('.work-lock');
const BEAT_MS = 1000;
/** Process ids come back, above all in containers: a holder that has not touched its file for so long is gone. */
const DEAD_AFTER_MS = 30_000;

/** Runs `work` while no other process of this folder installs or builds. Waits for as long as a living one does. */
export async function withWorkLock(work) {
  await takeLock();
  const heart = setInterval(() => void beat(), BEAT_MS);
  heart.unref();
  try {
    return await work();
  } finally {
    clearInterval(heart);
    await rm(LOCK_FILE, { force: true });
  }
}

async function takeLock() {
  // Linked, not created: whoever sees the file sees the whole of it.
  const mine = `${LOCK_FILE}.${randomUUID()}`;
  await writeFile(mine, String(process.pid));
  try {
    for (let isTold = false; ; await pause(200)) {
      if (await linkUnlessTaken(mine)) return;
      const holder = await findHolder();
      if (holder === null) continue;
      if (holder.isDead) await clearAway(holder);
      else if (!isTold) {
        console.log(`Waiting for process ${holder.pid}, which installs or builds in this folder …`);
        isTold = true;
      }
    }
  } finally {
    await rm(mine, { force: true });
  }
}

async function linkUnlessTaken(mine) {
  try {
    await link(mine, LOCK_FILE);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Null when the lock was let go in the meantime. */
async function findHolder() {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(LOCK_FILE, 'utf8'), stat(LOCK_FILE)]);
    const pid = Number(text);
    return { pid, isDead: pid === process.pid || !isRunning(pid) || Date.now() - mtimeMs > DEAD_AFTER_MS };
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Moved before it is looked at again: two who both found the dead lock must not remove the lock that one of them took. */
async function clearAway(holder) {
  const aside = `${LOCK_FILE}.${randomUUID()}`;
  try {
    await rename(LOCK_FILE, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  const isSame = Number(await readFile(aside, 'utf8')) === holder.pid;
  if (!isSame) await linkUnlessTaken(aside);
  await rm(aside, { force: true });
}

async function beat() {
  const now = new Date();
  try {
    await utimes(LOCK_FILE, now, now);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}
