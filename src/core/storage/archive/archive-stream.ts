import { once } from 'node:events';
import type { PassThrough, Readable } from 'node:stream';
import { ZipFile } from 'yazl';

export interface ArchivedFile {
  /** From `ArchiveNames`. */
  readonly name: string;
  /** In bytes; another number of bytes in the stream breaks the archive off. */
  readonly size: number;
  readonly updatedAt: Date;
  readonly isCompressible: boolean;
  readonly bytes: Readable;
}

/** Deflate's fastest: archives are made while somebody waits, on cores that others wait for too. */
const COMPRESSION_LEVEL = 1;

/**
 * The files as a zip, made as fast as it is read: one file is open at a time, and of its bytes no more are held than the
 * streams' own buffers. The next file is asked for when the one before it is through. An error on the way ends the stream
 * with it, so that nobody takes the beginning for the whole.
 */
export function archiveStream(files: AsyncIterable<ArchivedFile>): Readable {
  const zip = new ZipFile();
  const output = zip.outputStream as PassThrough;
  const fail = (error: unknown): void => {
    output.destroy(error instanceof Error ? error : new Error('an archive broke off', { cause: error }));
  };
  zip.on('error', fail);
  addAll(zip, output, files).catch(fail);
  return output;
}

async function addAll(zip: ZipFile, output: PassThrough, files: AsyncIterable<ArchivedFile>): Promise<void> {
  const gone = closed(output);
  const isGone = (): boolean => output.destroyed;
  for await (const file of files) {
    if (isGone()) {
      file.bytes.destroy();
      return;
    }
    const through = once(file.bytes, 'end');
    zip.addReadStream(file.bytes, file.name, {
      size: file.size,
      mtime: file.updatedAt,
      compressionLevel: file.isCompressible ? COMPRESSION_LEVEL : 0,
    });
    try {
      // whoever reads may go at any time: then nobody drains the streams in between, and no end ever comes
      await Promise.race([through, gone]);
    } finally {
      through.catch(() => undefined);
      if (!file.bytes.readableEnded) file.bytes.destroy();
    }
    if (isGone()) return;
  }
  zip.end();
}

function closed(output: PassThrough): Promise<void> {
  return new Promise((resolve) => {
    output.once('close', resolve);
  });
}
