import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.service';
import type { StoredObject } from './stored-object';
import { StoredObjects } from './stored-objects.repository';

/** The file at a path, if there is one. The same statement runs either way. */
@Injectable()
export class FindObject {
  constructor(
    private readonly database: Database,
    private readonly objects: StoredObjects,
  ) {}

  /** @param path segments joined by `/` */
  execute(path: string): Promise<StoredObject | null> {
    return this.objects.find(this.database.pool, path);
  }
}
