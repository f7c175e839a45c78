import { Injectable } from '@nestjs/common';
import type { StorageRequest } from '../rules/storage-question';
import type { DescribedObject } from './described-object';
import { ListableObjects } from './listable-objects.service';

export interface ListObjectsCommand {
  readonly request: StorageRequest;
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

  /** @throws AppError `not-found`, `invalid-token` */
  async execute({ request, after, limit }: ListObjectsCommand): Promise<ObjectPage> {
    const objects: DescribedObject[] = [];
    const folder = this.listable.in(request, after);
    for await (const object of folder.objects) {
      // one more than is shown: so the page knows whether it is the last one
      if (objects.length === limit) return { objects, next: objects.at(-1)?.object.filename ?? null };
      objects.push(folder.describe(object));
    }
    const refusal = objects.length === 0 ? folder.refusalOfNone() : null;
    if (refusal) throw refusal;
    return { objects, next: null };
  }
}
