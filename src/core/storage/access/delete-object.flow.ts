import { Injectable } from '@nestjs/common';
import { FindObject } from '../objects/find-object.flow';
import { RemoveObject } from '../objects/remove-object.flow';
import type { StoredObject } from '../objects/stored-object';
import { WriteLanes } from '../objects/write-lanes.service';
import { StorageRules } from '../rules/storage-rules.service';
import type { StorageRequest } from '../rules/storage-question';
import { keyOf } from '../storage-path';
import { demandAllowed, resourceOrNull, type DemandState } from './storage-access';

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
   * @param caller the account, or the network of a stranger; of whom few write at once
   * @throws AppError `not-found`, `invalid-token`, `forbidden`, `too-many-requests` (at once), and what `demandState` throws
   */
  async execute(request: StorageRequest, demandState: DemandState, caller: string): Promise<void> {
    const rules = this.rules.current();
    const path = keyOf(request.path);
    const demand = (stored: StoredObject | null): void => {
      const verdict = rules.decide({ ...request, verb: 'delete', resource: resourceOrNull(stored) });
      demandAllowed('delete', verdict, request.auth);
    };
    // before any lock: who may not write holds nobody up
    demand(await this.findObject.execute(path));
    const judge = (stored: StoredObject | null): void => {
      demand(stored);
      demandState(stored);
    };
    await this.lanes.run(caller, () => this.removeObject.execute({ path, judge }));
  }
}
