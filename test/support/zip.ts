import { buffer } from 'node:stream/consumers';
import { fromBufferPromise } from 'yauzl';

export interface ZippedFile {
  readonly name: string;
  readonly content: Buffer;
  readonly modified: Date;
  readonly isCompressed: boolean;
}

/** Every file of a zip, in its order; names must be safe. */
export async function filesInZip(zip: Buffer): Promise<ZippedFile[]> {
  const archive = await fromBufferPromise(zip, { strictFileNames: true });
  const files: ZippedFile[] = [];
  for await (const entry of archive.eachEntry()) {
    files.push({
      name: entry.fileName,
      content: await buffer(await archive.openReadStreamPromise(entry)),
      modified: entry.getLastModDate({ timezone: 'UTC' }),
      isCompressed: entry.compressionMethod !== 0,
    });
  }
  return files;
}
