import { join } from 'node:path';
import { Inject, Module, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../../config/settings';
import { HealthModule } from '../../platform/health/health.module';
import { Readiness } from '../../platform/health/readiness.service';
import { Jobs } from '../../platform/jobs/jobs.service';
import { ArchiveFolder } from './access/archive-folder.flow';
import { DeleteObject } from './access/delete-object.flow';
import { DescribeObject } from './access/describe-object.flow';
import { ListObjects } from './access/list-objects.flow';
import { ListableObjects } from './access/listable-objects.service';
import { ReadObject } from './access/read-object.flow';
import { UploadObject } from './access/upload-object.flow';
import { ArchivePlaces } from './archive/archive-places.service';
import { Blobs } from './blobs/blobs.port';
import { DiskBlobs } from './blobs/disk-blobs.service';
import { S3Blobs } from './blobs/s3-blobs.service';
import { ImageCache } from './images/image-cache.service';
import { ImagePool } from './images/image-pool.service';
import { RenderImage } from './images/render-image.flow';
import { BlobLeases } from './objects/blob-leases.repository';
import { BlobUpload } from './objects/blob-upload.service';
import { ChangeMetadata } from './objects/change-metadata.flow';
import { FindObject } from './objects/find-object.flow';
import { ListFolder } from './objects/list-folder.flow';
import { ObjectCommit } from './objects/object-commit.service';
import { OpenObject } from './objects/open-object.flow';
import { RemoveObject } from './objects/remove-object.flow';
import { StorageQuota, SWEEP_SECONDS } from './objects/storage-quota.service';
import { StorageSweeper } from './objects/storage-sweeper.service';
import { StoreObject } from './objects/store-object.flow';
import { StoredObjects } from './objects/stored-objects.repository';
import { UploadsAtOnce } from './objects/uploads-at-once.service';
import { WriteLanes } from './objects/write-lanes.service';
import { StorageRulesModule } from './rules/storage-rules.module';

const blobs = {
  provide: Blobs,
  inject: [Settings],
  useFactory: (settings: Settings): Blobs =>
    settings.s3 ? new S3Blobs(settings.s3) : new DiskBlobs(join(settings.dataDir, 'blobs')),
};

const flows = [ChangeMetadata, FindObject, ListFolder, OpenObject, RemoveObject, StoreObject];

/** What callers are given, after the rules have been asked. */
const accessFlows = [ArchiveFolder, DeleteObject, DescribeObject, ListObjects, ReadObject, RenderImage, UploadObject];

/** Files: rows that tell what stands at a path, and the bytes they point at, on disk or in an object store. */
@Module({
  imports: [HealthModule, StorageRulesModule],
  providers: [
    ...flows,
    ...accessFlows,
    ArchivePlaces,
    ImageCache,
    ImagePool,
    ListableObjects,
    blobs,
    BlobLeases,
    BlobUpload,
    ObjectCommit,
    StorageQuota,
    StorageSweeper,
    StoredObjects,
    UploadsAtOnce,
    WriteLanes,
  ],
  exports: [...accessFlows, OpenObject],
})
export class StorageModule implements OnModuleInit, OnModuleDestroy {
  constructor(
    private readonly jobs: Jobs,
    private readonly readiness: Readiness,
    private readonly sweeper: StorageSweeper,
    @Inject(Blobs) private readonly store: Blobs,
  ) {}

  onModuleInit(): void {
    this.jobs.register({
      name: 'sweep-storage',
      everySeconds: SWEEP_SECONDS,
      run: async (ending) => {
        await this.sweeper.sweep(ending);
      },
    });
    if (this.store instanceof S3Blobs) {
      // without it nobody is served a file, and everybody all the rest
      this.readiness.register('object-store', () => this.store.check(), { isVital: false });
    }
  }

  async onModuleDestroy(): Promise<void> {
    if (this.store instanceof S3Blobs) await this.store.close();
  }
}
