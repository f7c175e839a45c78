import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** A file system of its own, of so many bytes, at a folder that is made for it. */
export interface SmallDisk {
  unmount(): void;
}

/**
 * Needs root. Null where this machine lets nobody mount: then the suite is skipped with a loud line. Where `CI=true` it
 * must be possible.
 *
 * @throws Error when it is impossible and `CI=true`
 */
export function mountSmallDisk(folder: string, bytes: number): SmallDisk | null {
  mkdirSync(folder, { recursive: true });
  const { status, stderr, error } = spawnSync(
    'mount',
    ['-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, 'tmpfs', folder],
    { encoding: 'utf8' },
  );
  if (status !== 0) {
    const why = error?.message ?? stderr.trim();
    if (process.env['CI'] === 'true') throw new Error(`With CI=true nothing is skipped, and mounting failed: ${why}`);
    process.stderr.write(
      `\n!!! SKIPPED: no file system can be mounted here (${why}), so a full disk is not tested.\n\n`,
    );
    return null;
  }
  return {
    unmount: () => {
      const result = spawnSync('umount', [folder], { encoding: 'utf8' });
      if (result.status !== 0) throw new Error(`umount failed: ${result.stderr}`);
    },
  };
}
