import { Module } from '@nestjs/common';
import { ChangeMetadata } from './objects/change-metadata.flow';
import { FindObject } from './objects/find-object.flow';
import { ListFolder } from './objects/list-folder.flow';
import { OpenObject } from './objects/open-object.flow';
import { RemoveObject } from './objects/remove-object.flow';
import { StoreObject } from './objects/store-object.flow';
import { StoredObjects } from './objects/stored-objects.repository';

const flows = [ChangeMetadata, FindObject, ListFolder, OpenObject, RemoveObject, StoreObject];

/** Files: rows that tell what stands at a path, and the bytes they point at, on disk or in an object store. */
@Module({
  providers: [...flows, StoredObjects],
  exports: flows,
})
export class StorageModule {}
