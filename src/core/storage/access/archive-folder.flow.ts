import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { AppError } from '../../../kernel/errors/app-error';
import { ArchiveNames } from '../archive/archive-names';
import { ArchivePlaces } from '../archive/archive-places.service';
import { archiveStream, type ArchivedFile } from '../archive/archive-stream';
import { isCompressible } from '../media/media-type';
import { FindObject } from '../objects/find-object.flow';
import { OpenObject } from '../objects/open-object.flow';
import type { StoredObject } from '../objects/stored-object';
import type { StorageRequest } from '../rules/storage-question';
import { ListableObjects } from './listable-objects.service';

/** Of one zip. */
const MOST_FILES = 10_000;

/** A file that waits for its turn; what is said about it may be long, and is left behind. */
type ListedFile = Pick<StoredObject, 'path' | 'filename' | 'size' | 'updatedAt' | 'borneOutType' | 'blobKey'>;

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
    private readonly places: ArchivePlaces,
  ) {}

  /**
   * @param caller the account, or the network of a stranger; of whom few archives are made at once
   * @throws AppError `not-found` (also where there is none that he may list), `invalid-token`, `unavailable`, `busy`;
   *   `validation` for a folder of too many files
   */
  async execute(request: StorageRequest, caller: string): Promise<FolderArchive> {
    const folder = this.listable.in(request, '');
    const giveBack = this.places.take(caller);
    try {
      const files = await listed(folder.objects);
      if (files.length === 0) throw folder.refusalOfNone() ?? new AppError('not-found');
      const bytes = archiveStream(this.files(files));
      bytes.once('close', giveBack);
      return { bytes, isOpenToAll: folder.isOpenToAll };
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  private async *files(files: readonly ListedFile[]): AsyncGenerator<ArchivedFile> {
    const names = new ArchiveNames();
    for (const each of files) {
      const file = await this.open(each);
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
  private async open(object: ListedFile): Promise<{ object: ListedFile; bytes: Readable } | null> {
    try {
      return { object, bytes: await this.openObject.execute(object) };
    } catch (error) {
      const now = await this.findObject.execute(object.path);
      if (now?.blobKey === object.blobKey) throw error;
      return null;
    }
  }
}

/** All of them, before the first byte: what does not fit is told by an answer, and not by a zip that lacks something. */
async function listed(objects: AsyncIterable<StoredObject>): Promise<ListedFile[]> {
  const files: ListedFile[] = [];
  for await (const { path, filename, size, updatedAt, borneOutType, blobKey } of objects) {
    if (files.length === MOST_FILES) {
      throw new AppError('validation', { fields: [{ field: 'path', message: `has more than ${MOST_FILES} files` }] });
    }
    files.push({ path, filename, size, updatedAt, borneOutType, blobKey });
  }
  return files;
}
