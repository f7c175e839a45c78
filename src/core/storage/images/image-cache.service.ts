import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../../../config/settings';
import { Clock } from '../../../kernel/clock';
import { newId } from '../../../kernel/ids';

/** A picture that nobody asked for so long is forgotten: it may be of a file, or a person, that is gone. */
const LONGEST_UNUSED_MS = 7 * 24 * 3600 * 1000;
/** What was begun so long ago has no one at work on it any more. */
const LONGEST_DRAFT_MS = 3600 * 1000;
/** A sweep leaves this part of the room free, so that the next one is not due at once. */
const SWEPT_TO = 0.8;
const SWEEP_AFTER = 1 / 16;
const SWEEP_EVERY_MS = 3600 * 1000;

interface CachedFile {
  readonly path: string;
  readonly size: number;
  readonly usedAt: number;
}

/**
 * Images that were made, on this machine's disk, by their keys. Several processes may share the folder: a file appears
 * whole, by a rename, and whoever has one open reads it to its end. When a file was last used is its time of modification.
 */
@Injectable()
export class ImageCache implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(ImageCache.name);
  private readonly folder: string;
  private readonly drafts: string;
  private readonly maxBytes: number;
  /** Bytes put in since the last sweep. What others put in, theirs counts. */
  private freshBytes = Infinity;
  private sweeping: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    settings: Settings,
    private readonly clock: Clock,
  ) {
    this.folder = join(settings.dataDir, 'image-cache');
    this.drafts = join(this.folder, 'drafts');
    this.maxBytes = settings.imageCacheBytes;
  }

  /** A job would run on one machine; each has a folder of its own. */
  onModuleInit(): void {
    this.timer = setInterval(() => {
      this.sweepApart();
    }, SWEEP_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** The file, open for reading, and used now; null when it is not there. The caller closes it. */
  async open(key: string): Promise<FileHandle | null> {
    const path = this.pathOf(key);
    try {
      const file = await open(path, 'r');
      await this.touch(path);
      return file;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** A name for a file in the making. Whoever asked for it removes it, or keeps it. */
  async draft(): Promise<string> {
    await mkdir(this.drafts, { recursive: true, mode: 0o700 });
    return join(this.drafts, newId());
  }

  /** Takes a file that was made into the cache. */
  async keep(draft: string, key: string): Promise<void> {
    const { size } = await stat(draft);
    await this.touch(draft);
    const path = this.pathOf(key);
    await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
    await rename(draft, path);
    this.freshBytes += size;
    if (this.freshBytes > this.maxBytes * SWEEP_AFTER) this.sweepApart();
  }

  /** Removes what is too much, the least recently used first, and what is too old. The last one used stays in any case. */
  sweep(): Promise<void> {
    this.sweeping ??= this.sweepOnce().finally(() => {
      this.sweeping = null;
    });
    return this.sweeping;
  }

  /** Nobody waits for it: whoever asked for a file that was just made opens it now. */
  private sweepApart(): void {
    this.sweep().catch((error: unknown) => {
      this.logger.warn({ err: error }, 'the image cache could not be swept');
    });
  }

  private async sweepOnce(): Promise<void> {
    this.freshBytes = 0;
    const now = this.clock.now().getTime();
    const drafts = await filesIn(this.drafts);
    await removeAll(drafts.filter(({ usedAt }) => now - usedAt > LONGEST_DRAFT_MS));
    const folders = (await namesIn(this.folder)).filter((name) => name.length === 2);
    const files = (await Promise.all(folders.map((name) => filesIn(join(this.folder, name))))).flat();
    files.sort((one, other) => other.usedAt - one.usedAt);
    let bytes = files.reduce((sum, { size }) => sum + size, 0);
    const room = bytes > this.maxBytes ? this.maxBytes * SWEPT_TO : this.maxBytes;
    for (const file of files.slice(1).reverse()) {
      if (bytes <= room && now - file.usedAt <= LONGEST_UNUSED_MS) return;
      bytes -= file.size;
      await removeAll([file]);
    }
  }

  private pathOf(key: string): string {
    return join(this.folder, key.slice(0, 2), key);
  }

  private async touch(path: string): Promise<void> {
    const now = this.clock.now();
    await utimes(path, now, now);
  }
}

async function filesIn(folder: string): Promise<CachedFile[]> {
  const names = await namesIn(folder);
  const files = await Promise.all(names.map((name) => fileAt(join(folder, name))));
  return files.filter((file) => file !== null);
}

/** Null when somebody else has removed it. */
async function fileAt(path: string): Promise<CachedFile | null> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { path, size, usedAt: mtimeMs };
  } catch {
    return null;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function removeAll(files: readonly CachedFile[]): Promise<void> {
  for (const { path } of files) await rm(path, { force: true });
}
