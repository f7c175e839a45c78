import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { addSeconds, Clock, HOUR_SECONDS } from '../../../kernel/clock';
import { AppError, isRefusal } from '../../../kernel/errors/app-error';
import { ArchiveNames } from '../archive/archive-names';
import { ArchivePlaces } from '../archive/archive-places.service';
import { archiveStream, type ArchivedFile } from '../archive/archive-stream';
import { isCompressible } from '../media/media-type';
import { FindObject } from '../objects/find-object.flow';
import { OpenObject } from '../objects/open-object.flow';
import type { StoredObject } from '../objects/stored-object';
import type { StorageAuth, StorageRequest } from '../rules/storage-question';
import { ListableObjects } from './listable-objects.service';

/** Of one zip. */
const MOST_FILES = 10_000;
/** As long as an upload at most. */
const LONGEST_ARCHIVE_SECONDS = HOUR_SECONDS;
/** How often it is asked, while a file goes on, whether its reader's session has ended. */
const LOOK_MS = 60_000;

/** A file that waits for its turn; what is said about it may be long, and is left behind. */
type ListedFile = Pick<StoredObject, 'path' | 'filename' | 'size' | 'updatedAt' | 'borneOutType' | 'blobKey'>;

/** Whether he may have a file as it is by now; refuses where he may have none any more. */
type MayStill = (object: StoredObject) => Promise<boolean>;

export interface FolderArchive {
  /** A zip. Destroy it if it is not read to its end. */
  readonly bytes: Readable;
  readonly isOpenToAll: boolean;
}

export interface ArchiveFolderCommand {
  /** The session, or the network of a stranger; for whom few archives are made at once. */
  readonly holder: string;
  readonly request: StorageRequest;
  /** Who asks, as his account and his session are by now; may refuse. */
  readonly authNow: () => Promise<StorageAuth | null>;
}

/** Packs the files directly in a folder that somebody may list, and read. */
@Injectable()
export class ArchiveFolder {
  constructor(
    private readonly listable: ListableObjects,
    private readonly findObject: FindObject,
    private readonly openObject: OpenObject,
    private readonly places: ArchivePlaces,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws AppError `not-found` (also where there is none that he may have), `invalid-token`, `unavailable`, `busy`;
   *   `validation` for a folder of too many files
   */
  async execute({ holder, request, authNow }: ArchiveFolderCommand): Promise<FolderArchive> {
    const folder = this.listable.in(request, ['list', 'get']);
    const giveBack = this.places.take(holder);
    try {
      const files = await listed(folder.from(''));
      if (files.length === 0) throw folder.refusalOfNone() ?? new AppError('not-found');
      if (folder.cutAfter() !== null) throw tooMany('has more files than are judged for one request');
      const askerNow = this.untilHourOf(authNow);
      const bytes = archiveStream(this.files(files, async (object) => folder.isStillAllowed(object, await askerNow())));
      endWith(bytes, askerNow);
      bytes.once('close', giveBack);
      return { bytes, isOpenToAll: folder.isOpenToAll };
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  /** Who asks by now; refused after an hour, so that nobody keeps a place for ever. */
  private untilHourOf(authNow: () => Promise<StorageAuth | null>): () => Promise<StorageAuth | null> {
    const until = addSeconds(this.clock.now(), LONGEST_ARCHIVE_SECONDS);
    return () => (this.clock.now() > until ? Promise.reject(new AppError('session-ended')) : authNow());
  }

  private async *files(files: readonly ListedFile[], mayStill: MayStill): AsyncGenerator<ArchivedFile> {
    const names = new ArchiveNames();
    for (const each of files) {
      const file = await this.open(each, mayStill);
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

  /**
   * Minutes may lie between the listing and this file's turn: one that is gone or another by now is left out, and one
   * that he may not have any more.
   */
  private async open(file: ListedFile, mayStill: MayStill): Promise<{ object: ListedFile; bytes: Readable } | null> {
    const object = await this.findObject.execute(file.path);
    if (object?.blobKey !== file.blobKey || !(await mayStill(object))) return null;
    try {
      return { object: file, bytes: await this.openObject.execute(file) };
    } catch (error) {
      const now = await this.findObject.execute(file.path);
      if (now?.blobKey === file.blobKey) throw error;
      return null;
    }
  }
}

/** All of them, before the first byte: what does not fit is told by an answer, and not by a zip that lacks something. */
async function listed(objects: AsyncIterable<StoredObject>): Promise<ListedFile[]> {
  const files: ListedFile[] = [];
  for await (const { path, filename, size, updatedAt, borneOutType, blobKey } of objects) {
    if (files.length === MOST_FILES) {
      throw tooMany(`has more than ${MOST_FILES} files`);
    }
    files.push({ path, filename, size, updatedAt, borneOutType, blobKey });
  }
  return files;
}

function tooMany(message: string): AppError {
  return new AppError('validation', { fields: [{ field: 'path', message }] });
}

/** In the midst of a file, too, the zip ends with the session of its reader, and with its hour. */
function endWith(bytes: Readable, askerNow: () => Promise<unknown>): void {
  const look = setInterval(() => {
    askerNow().catch((error: unknown) => {
      // whether he may is not known while the database is away: the next look tells
      if (isRefusal(error, 'session-ended')) bytes.destroy(new AppError('session-ended'));
    });
  }, LOOK_MS).unref();
  bytes.once('close', () => {
    clearInterval(look);
  });
}
