import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.service';
import { AppError } from '../../../kernel/errors/app-error';
import type { StoredObject } from './stored-object';
import { StoredObjects } from './stored-objects.repository';

export interface RemoveObjectCommand {
  readonly path: string;
  /**
   * The last word on the file as it is when it goes; refuses by throwing. Called inside the transaction, perhaps more
   * than once: it must do nothing else.
   */
  readonly judge: (stored: StoredObject | null, tx: Tx) => Promise<void> | void;
}

/** Removes the file at a path; its bytes go with the sweeper, once nobody reads them any more. */
@Injectable()
export class RemoveObject {
  constructor(
    private readonly database: Database,
    private readonly objects: StoredObjects,
  ) {}

  /** @throws AppError `not-found`, and whatever `judge` throws */
  async execute({ path, judge }: RemoveObjectCommand): Promise<void> {
    await this.database.transaction(async (tx) => {
      const stored = await this.objects.lock(tx, path);
      await judge(stored, tx);
      if (!stored) throw new AppError('not-found');
      await this.objects.remove(tx, path);
    });
  }
}
