import type { DescribedObject } from '../../../core/storage/access/described-object';
import type { StoredObject } from '../../../core/storage/objects/stored-object';
import type { Representation } from '../../../http/files/preconditions';
import type { StoredObjectDto } from './stored-object.dto';

export function toStoredObjectDto({ object, metadata }: DescribedObject): StoredObjectDto {
  const { etag, lastModified } = representationOf(object);
  return {
    key: object.path,
    AcceptRanges: 'bytes',
    LastModified: lastModified.toISOString(),
    ContentLength: object.size,
    ETag: etag,
    ContentType: object.contentType,
    Metadata: { ...metadata, filename: object.filename },
  };
}

export function representationOf({ sha256, updatedAt }: StoredObject): Representation {
  return { etag: `"${sha256}"`, lastModified: updatedAt };
}
