import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Blobs, type ByteRange } from '../blobs/blobs.port';
import type { StoredObject } from './stored-object';

/** The bytes of a file that was found: of this one version, whatever happens to the path meanwhile. */
@Injectable()
export class OpenObject {
  constructor(private readonly blobs: Blobs) {}

  /**
   * Destroy the stream if it is not read to its end.
   *
   * @param range must lie inside the file
   * @throws AppError `unavailable`
   */
  execute(object: Pick<StoredObject, 'blobKey'>, range?: ByteRange): Promise<Readable> {
    return this.blobs.read(object.blobKey, range);
  }
}
