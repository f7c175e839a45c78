import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import { FindObject } from '../objects/find-object.flow';
import { RemoveObject } from '../objects/remove-object.flow';
import type { StoredObject } from '../objects/stored-object';
import { WriteLanes } from '../objects/write-lanes.service';
import { StorageRules } from '../rules/storage-rules.service';
import type { StorageAuth } from '../rules/storage-question';
import { keyOf } from '../storage-path';
import { demandAllowed, resourceOrNull, type StorageWrite } from './storage-access';

/** Removes a file for somebody who may. */
@Injectable()
export class DeleteObject {
  constructor(
    private readonly rules: StorageRules,
    private readonly findObject: FindObject,
    private readonly removeObject: RemoveObject,
    private readonly lanes: WriteLanes,
  ) {}

  /**
   * @throws AppError `not-found`, `invalid-token`, `forbidden`, `too-many-requests` (at once), and what `demandState` and
   *   `authNow` throw
   */
  async execute({ sender, request, demandState, authNow }: StorageWrite): Promise<void> {
    const rules = this.rules.current();
    const path = keyOf(request.path);
    const demand = (stored: StoredObject | null, auth: StorageAuth | null): void => {
      const verdict = rules.decide({ ...request, auth, verb: 'delete', resource: resourceOrNull(stored) });
      demandAllowed('delete', verdict, auth);
    };
    // before any lock: who may not write holds nobody up
    demand(await this.findObject.execute(path), request.auth);
    const judge = async (stored: StoredObject | null, tx: Tx): Promise<void> => {
      demand(stored, await authNow(tx));
      demandState(stored);
    };
    await this.lanes.run(sender, () => this.removeObject.execute({ path, judge }));
  }
}
