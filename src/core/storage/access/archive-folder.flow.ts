import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { AppError } from '../../../kernel/errors/app-error';
import { ArchiveNames } from '../archive/archive-names';
import { archiveStream, type ArchivedFile } from '../archive/archive-stream';
import { isCompressible } from '../media/media-type';
import { FindObject } from '../objects/find-object.flow';
import { OpenObject } from '../objects/open-object.flow';
import type { StoredObject } from '../objects/stored-object';
import type { StorageRequest } from '../rules/storage-question';
import { ListableObjects } from './listable-objects.service';

export interface FolderArchive {
  /** A zip. Destroy it if it is not read to its end. */
  readonly bytes: Readable;
  readonly isOpenToAll: boolean;
}

/** Packs the files directly in a folder that somebody may list. */
@Injectable()
export class ArchiveFolder {
  constructor(
    private readonly listable: ListableObjects,
    private readonly findObject: FindObject,
    private readonly openObject: OpenObject,
  ) {}

  /** @throws AppError `not-found` (also where there is none that he may list), `invalid-token`, `unavailable` */
  async execute(request: StorageRequest): Promise<FolderArchive> {
    const folder = this.listable.in(request, '');
    const objects = folder.objects[Symbol.asyncIterator]();
    const first = await objects.next();
    if (first.done === true) throw new AppError(folder.asksToSignIn ? 'invalid-token' : 'not-found');
    const files = this.files(first.value, { [Symbol.asyncIterator]: () => objects });
    return { bytes: archiveStream(files), isOpenToAll: folder.isOpenToAll };
  }

  private async *files(first: StoredObject, others: AsyncIterable<StoredObject>): AsyncGenerator<ArchivedFile> {
    const names = new ArchiveNames();
    for await (const listed of startingWith(first, others)) {
      const file = await this.open(listed);
      if (!file) continue;
      const { object, bytes } = file;
      yield {
        name: names.give(object.filename),
        size: object.size,
        updatedAt: object.updatedAt,
        isCompressible: isCompressible(object.borneOutType),
        bytes,
      };
    }
  }

  /** Minutes may lie between the listing and this file's turn: one that is gone or another by now is left out. */
  private async open(object: StoredObject): Promise<{ object: StoredObject; bytes: Readable } | null> {
    try {
      return { object, bytes: await this.openObject.execute(object) };
    } catch (error) {
      const now = await this.findObject.execute(object.path);
      if (now?.blobKey === object.blobKey) throw error;
      return null;
    }
  }
}

async function* startingWith<T>(first: T, others: AsyncIterable<T>): AsyncGenerator<T> {
  yield first;
  yield* others;
}
