import { Injectable } from '@nestjs/common';
import { isViolationOf } from '../../../database/database-errors';
import { Database, type Tx } from '../../../database/database.service';
import { Clock } from '../../../kernel/clock';
import { AppError } from '../../../kernel/errors/app-error';
import { randomToken } from '../../../platform/crypto/random';
import { storeUnavailable } from '../blobs/blob-faults';
import { BlobLeases } from './blob-leases.repository';
import type { UploadedBlob } from './blob-upload.service';
import type { ComingRoom } from './coming-room';
import { demandStorable } from './object-metadata';
import type { ComingObject, StoredObject } from './stored-object';
import { StorageQuota } from './storage-quota.service';
import { StoredObjects } from './stored-objects.repository';
import { WriteLanes } from './write-lanes.service';

/** What a file is to be, apart from its bytes. */
export interface ObjectDraft {
  /** Segments joined by `/`. */
  readonly path: string;
  /** Who owns the file if it is a new one: the account's uuid; null for a stranger. */
  readonly creator: string | null;
  /** Who sends it: the account, or the network of a stranger; of whom few write at once. */
  readonly sender: string;
  /** As its sender calls it. */
  readonly contentType: string;
  /** What its bytes bear out. */
  readonly borneOutType: string;
  /** What the rules' formulas gave. A new file gets a fresh token, one that is overwritten keeps its own. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /**
   * The last word, when all bytes are there, on the file that is there now (null: none) and the one that comes; refuses
   * by throwing. Called inside the transaction, perhaps more than once: it must do nothing else.
   */
  readonly judge: (stored: StoredObject | null, coming: ComingObject, tx: Tx) => Promise<void> | void;
}

export interface StoredAnswer {
  readonly object: StoredObject;
  readonly isNew: boolean;
}

interface ComingBlob {
  readonly blob: UploadedBlob;
  readonly room: ComingRoom;
}

/** The one moment at which a file becomes visible: judged, within the quota, and pointing at bytes that are there. */
@Injectable()
export class ObjectCommit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly objects: StoredObjects,
    private readonly leases: BlobLeases,
    private readonly quota: StorageQuota,
    private readonly lanes: WriteLanes,
  ) {}

  /**
   * @param room what the bytes have taken; given back when the row counts
   * @throws AppError as `StoreObject` does
   */
  async execute(draft: ObjectDraft, blob: UploadedBlob, room: ComingRoom): Promise<StoredAnswer> {
    const fresh = randomToken();
    try {
      return await this.lanes.run(draft.sender, () =>
        this.database.transaction((tx) => this.point(tx, draft, { blob, room }, fresh)),
      );
    } catch (error) {
      // the account was deleted while its bytes came
      if (isViolationOf(error, 'fk_stored_objects__users')) throw new AppError('session-ended', { cause: error });
      throw error;
    }
  }

  private async point(tx: Tx, draft: ObjectDraft, { blob, room }: ComingBlob, fresh: string): Promise<StoredAnswer> {
    const stored = await this.objects.lock(tx, draft.path);
    const coming: ComingObject = {
      owner: stored ? stored.owner : draft.creator,
      contentType: draft.contentType,
      borneOutType: draft.borneOutType,
      size: blob.size,
      sha256: blob.sha256,
      // no formula gives a file its token
      metadata: { ...draft.metadata, token: stored?.metadata.token ?? fresh },
    };
    await draft.judge(stored, coming, tx);
    demandStorable(coming.metadata);
    if (!(await this.leases.keep(tx, blob.key))) throw storeUnavailable(new Error('The lease of an upload has ended.'));
    const object = await this.objects.put(tx, draft.path, coming, blob.key, this.clock.now());
    await this.quota.demandKept(tx, object, stored, room);
    return { object, isNew: stored === null };
  }
}
