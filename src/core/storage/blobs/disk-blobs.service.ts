import { createReadStream } from 'node:fs';
import { access, constants, mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { MINUTE_SECONDS } from '../../../kernel/clock';
import { storeFull, storeUnavailable } from './blob-faults';
import { Blobs, type ByteRange } from './blobs.port';

const READ_CHUNK_BYTES = 262_144;

/** Bytes as files under a folder of our own, fanned out over 256 folders by the first two digits of their key. */
export class DiskBlobs extends Blobs {
  /** An open file outlives its name: this is for the moment between finding a row and opening its bytes. */
  readonly readerGraceSeconds = 5 * MINUTE_SECONDS;

  /** As many threads as work at files. */
  readonly removalsAtOnce = 4;

  /** Folders whose names this process has forced to the disk. */
  private readonly lasting = new Set<string>();

  constructor(private readonly root: string) {
    super();
  }

  async write(key: string, source: AsyncIterable<Uint8Array>): Promise<void> {
    const place = this.placeOf(key);
    const unfinished = unfinishedOf(place);
    await onDisk(() => this.makeFolder(dirname(place)));
    const file = await onDisk(() => open(unfinished, 'wx', 0o600));
    try {
      await pour(source, file);
      await onDisk(() => file.sync());
      await onDisk(() => file.close());
      await onDisk(() => rename(unfinished, place));
      // the name must outlive a crash as its bytes do
      await onDisk(() => syncFolder(dirname(place)));
    } catch (error) {
      // what fails now the sweeper does again
      await file.close().catch(() => undefined);
      await rm(unfinished, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const stream = createReadStream(this.placeOf(key), { ...range, highWaterMark: READ_CHUNK_BYTES });
    await onDisk(() => once(stream, 'open'));
    return stream;
  }

  async remove(key: string): Promise<void> {
    const place = this.placeOf(key);
    await onDisk(() => rm(unfinishedOf(place), { force: true }));
    await onDisk(() => rm(place, { force: true }));
    // the row goes next: bytes that came back after a crash would be nobody's
    await onDisk(() => syncFolder(dirname(place)));
  }

  async check(): Promise<void> {
    await onDisk(() => mkdir(this.root, { recursive: true, mode: 0o700 }));
    await onDisk(() => access(this.root, constants.R_OK | constants.W_OK | constants.X_OK));
  }

  /** A folder that another process has just made may not have outlived a crash yet, so each process sees to it. */
  private async makeFolder(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (this.lasting.has(folder)) return;
    await syncFolder(this.root);
    await syncFolder(dirname(this.root));
    this.lasting.add(folder);
  }

  private placeOf(key: string): string {
    return join(this.root, key.slice(0, 2), key);
  }
}

/** Half a file never stands where a whole one belongs. */
function unfinishedOf(place: string): string {
  return `${place}.part`;
}

/** Writes one chunk while the next one is on its way, so that neither waits for more than the other. */
async function pour(source: AsyncIterable<Uint8Array>, file: FileHandle): Promise<void> {
  let writing = Promise.resolve();
  try {
    for await (const chunk of source) {
      await writing;
      writing = writeWhole(file, chunk);
      // looked at with the next chunk; until then it is no unhandled rejection
      writing.catch(() => undefined);
    }
    await writing;
  } finally {
    await Promise.allSettled([writing]);
  }
}

async function writeWhole(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let offset = 0; offset < chunk.length;) {
    const { bytesWritten } = await onDisk(() => file.write(chunk, offset));
    offset += bytesWritten;
  }
}

/** One that is not there has no names to lose. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
  if (!handle) return;
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Says what the file system says in the words of the catalogue. */
async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ENOSPC' || code === 'EDQUOT' ? storeFull(error) : storeUnavailable(error);
  }
}
