import { Injectable } from '@nestjs/common';
import type { StorageRequest } from '../rules/storage-question';
import type { DescribedObject } from './described-object';
import { ListableObjects } from './listable-objects.service';

/**
 * Of names, types and metadata on one page: an answer that nobody reads holds no more. A thousand ordinary files have
 * less; a thousand of which as much is said as can be would have 16 MB.
 */
const LARGEST_PAGE_BYTES = 256 * 1024;

export interface ListObjectsCommand {
  readonly request: StorageRequest;
  /** Which part of the folder; not asked, and so not found fault with, where he may list none of it. */
  readonly page: () => AskedPage;
}

export interface AskedPage {
  /** Only file names that come after this one. */
  readonly after: string;
  readonly limit: number;
}

export interface ObjectPage {
  readonly objects: readonly DescribedObject[];
  /** The name after which the next page begins; null on the last one. */
  readonly next: string | null;
}

/** Shows somebody a page of the files directly in a folder that he may list. */
@Injectable()
export class ListObjects {
  constructor(private readonly listable: ListableObjects) {}

  /**
   * A page has at least one file, where there is one; then it ends with `limit`, or where more would be said of them
   * than an answer should hold.
   *
   * @throws AppError `not-found`, `invalid-token`, and what `page` throws
   */
  async execute({ request, page }: ListObjectsCommand): Promise<ObjectPage> {
    const objects: DescribedObject[] = [];
    const folder = this.listable.in(request);
    const { after, limit } = page();
    let bytes = 0;
    for await (const object of folder.from(after)) {
      const described = folder.describe(object);
      bytes += bytesOf(described);
      // one more than is shown: so the page knows whether it is the last one
      const isFull = objects.length === limit || (objects.length > 0 && bytes > LARGEST_PAGE_BYTES);
      if (isFull) return { objects, next: objects.at(-1)?.object.filename ?? null };
      objects.push(described);
    }
    const refusal = objects.length === 0 ? folder.refusalOfNone() : null;
    if (refusal) throw refusal;
    // what was not looked at is on the next page
    return { objects, next: folder.cutAfter() };
  }
}

/** What somebody chose; digest, size and instants come on top, and are small. */
function bytesOf({ object: { path, filename, contentType }, metadata }: DescribedObject): number {
  return Buffer.byteLength(JSON.stringify([path, filename, contentType, metadata]));
}
