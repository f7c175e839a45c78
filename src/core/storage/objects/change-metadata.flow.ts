import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.service';
import { AppError } from '../../../kernel/errors/app-error';
import { Clock } from '../../../kernel/clock';
import { randomToken } from '../../../platform/crypto/random';
import { demandStorable } from './object-metadata';
import type { StoredObject } from './stored-object';
import { StorageQuota } from './storage-quota.service';
import { StoredObjects } from './stored-objects.repository';

export interface ChangeMetadataCommand {
  readonly path: string;
  /** Merged into what is there, key by key; null: all of it goes, and a fresh token voids the former one. */
  readonly metadata: Readonly<Record<string, unknown>> | null;
  /**
   * The last word on the file as it is when it changes; refuses by throwing. Called inside the transaction, perhaps more
   * than once: it must do nothing else.
   */
  readonly judge: (stored: StoredObject | null, tx: Tx) => Promise<void> | void;
}

/** Changes what is said about a file; its bytes stay. */
@Injectable()
export class ChangeMetadata {
  constructor(
    private readonly database: Database,
    private readonly objects: StoredObjects,
    private readonly clock: Clock,
    private readonly quota: StorageQuota,
  ) {}

  /** @throws AppError `not-found`, `validation` (a value that cannot be stored), `quota-exceeded`, and whatever `judge` throws */
  async execute({ path, metadata, judge }: ChangeMetadataCommand): Promise<StoredObject> {
    return this.database.transaction(async (tx) => {
      const stored = await this.objects.lock(tx, path);
      await judge(stored, tx);
      if (!stored) throw new AppError('not-found');
      const token = metadata ? stored.metadata.token : randomToken();
      const next = metadata ? { ...stored.metadata, ...metadata, token } : { token };
      demandStorable(next);
      const object = await this.objects.replaceMetadata(tx, path, next, this.clock.now());
      await this.quota.demandKept(tx, object, stored);
      return object;
    });
  }
}
