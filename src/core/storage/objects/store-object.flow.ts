import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Settings } from '../../../config/settings';
import { Database } from '../../../database/database.service';
import { BlobUpload } from './blob-upload.service';
import type { ComingRoom } from './coming-room';
import { ObjectCommit, type ObjectDraft, type StoredAnswer } from './object-commit.service';
import { StorageQuota } from './storage-quota.service';
import { StoredObjects } from './stored-objects.repository';

export interface StoreObjectCommand extends ObjectDraft {
  /** Read as fast as the bytes can be stored, to its end or its failure; destroyed when the file is refused. */
  readonly source: Readable;
  /** When the caller has gone. */
  readonly signal?: AbortSignal;
  /** All bytes must be there by then. */
  readonly until?: Date;
}

/**
 * Stores a file: it becomes visible whole, in one transaction, or not at all. Until then, and when anything fails, the
 * former one stays.
 */
@Injectable()
export class StoreObject {
  constructor(
    private readonly settings: Settings,
    private readonly database: Database,
    private readonly objects: StoredObjects,
    private readonly quota: StorageQuota,
    private readonly upload: BlobUpload,
    private readonly commit: ObjectCommit,
  ) {}

  /**
   * @throws AppError `too-large`, `quota-exceeded`, `too-many-requests` (at once, or the sweeper must come first),
   *   `unavailable`, `malformed-body` (it took too long), `session-ended` (the creator's account is gone), `validation`
   *   (metadata that cannot be stored); whatever `judge` throws, the source fails with or the signal says
   */
  async execute({ source, signal, until, ...draft }: StoreObjectCommand): Promise<StoredAnswer> {
    const room = await this.roomFor(draft).catch((error: unknown) => {
      source.destroy();
      throw error;
    });
    const limits = { maxBytes: this.settings.maxUploadBytes, room };
    try {
      return await this.upload.run({ source, limits, signal, until }, (blob) => this.commit.execute(draft, blob, room));
    } finally {
      room.leave();
    }
  }

  private async roomFor({ path, creator }: ObjectDraft): Promise<ComingRoom> {
    const stored = await this.objects.find(this.database.pool, path);
    return this.quota.roomFor(this.database.pool, path, stored ? stored.owner : creator, stored);
  }
}
