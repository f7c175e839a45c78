import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** A file system of its own, of so many bytes, at a folder that is made for it. */
export interface SmallDisk {
  unmount(): void;
}

// variables, because they are no packages that could be installed
const MOUNT = 'mount';
const UNMOUNT = 'umount';

/**
 * Null where this machine lets nobody mount: then the suite is skipped with a loud line, with `CI=true` too, because
 * whether a container may mount is nothing that can be installed. What the store makes of the errors of a full disk
 * `disk-blobs.db-spec.ts` shows everywhere.
 */
export function mountSmallDisk(folder: string, bytes: number): SmallDisk | null {
  mkdirSync(folder, { recursive: true });
  const options = ['-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, 'tmpfs', folder];
  const { status, stderr, error } = spawnSync(MOUNT, options, { encoding: 'utf8' });
  if (status !== 0) {
    const why = error?.message ?? stderr.trim();
    process.stderr.write(`\n!!! SKIPPED: nothing can be mounted here (${why}), so no full disk is tested.\n\n`);
    return null;
  }
  return {
    unmount: () => {
      const result = spawnSync(UNMOUNT, [folder], { encoding: 'utf8' });
      if (result.status !== 0) throw new Error(`umount failed: ${result.stderr}`);
    },
  };
}
