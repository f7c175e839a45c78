import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.service';
import type { StoredObject } from './stored-object';
import { StoredObjects } from './stored-objects.repository';

export interface ListFolderCommand {
  /** Segments joined by `/`; empty at the top. */
  readonly folder: string;
  /** Only file names that come after this one. */
  readonly after?: string | undefined;
  /** Only files that have this one. */
  readonly token?: string | undefined;
  readonly limit: number;
}

/** The files directly in a folder, in the byte order of their names, a page at a time. */
@Injectable()
export class ListFolder {
  constructor(
    private readonly database: Database,
    private readonly objects: StoredObjects,
  ) {}

  execute({ after = '', ...command }: ListFolderCommand): Promise<StoredObject[]> {
    return this.objects.list(this.database.pool, { after, ...command });
  }
}
