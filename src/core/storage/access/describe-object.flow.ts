import { Injectable } from '@nestjs/common';
import { ChangeMetadata } from '../objects/change-metadata.flow';
import { FindObject } from '../objects/find-object.flow';
import type { StoredObject } from '../objects/stored-object';
import { WriteLanes } from '../objects/write-lanes.service';
import type { MadeMetadata, RuleSet } from '../rules/rule-set';
import { StorageRules } from '../rules/storage-rules.service';
import type { StorageRequest } from '../rules/storage-question';
import { keyOf } from '../storage-path';
import {
  demandAllowed,
  demandKeepable,
  demandNotDenied,
  resourceOf,
  resourceOrNull,
  type DemandState,
} from './storage-access';
import { writtenBy, type DescribedObject } from './described-object';

/** Says other things about a file, for somebody who may change it. Its bytes stay. */
@Injectable()
export class DescribeObject {
  constructor(
    private readonly rules: StorageRules,
    private readonly findObject: FindObject,
    private readonly changeMetadata: ChangeMetadata,
    private readonly lanes: WriteLanes,
  ) {}

  /**
   * Merges what the rule's formulas make of this request into what is said already.
   *
   * @param caller the account, or the network of a stranger; of whom few write at once
   * @throws AppError `not-found`, `invalid-token`, `forbidden`, `validation`, `too-many-requests` (at once), and what
   *   `demandState` throws
   */
  async describe(request: StorageRequest, demandState: DemandState, caller: string): Promise<DescribedObject> {
    const rules = this.rules.current();
    const object = await this.change(rules, request, rules.metadataFor(request), demandState, caller);
    return writtenBy(rules, request, object);
  }

  /** Forgets all of it; a fresh token voids the one that links were shared by. @throws AppError as `describe` does */
  async reset(request: StorageRequest, demandState: DemandState, caller: string): Promise<void> {
    await this.change(this.rules.current(), request, null, demandState, caller);
  }

  private async change(
    rules: RuleSet,
    request: StorageRequest,
    made: MadeMetadata | null,
    demandState: DemandState,
    caller: string,
  ): Promise<StoredObject> {
    const metadata = made && made.values;
    const path = keyOf(request.path);
    const verdictOn = (stored: StoredObject | null) => {
      const coming = stored && { ...resourceOf(stored), metadata: metadataAfter(stored, metadata) };
      const question = { ...request, verb: 'update' as const, resource: resourceOrNull(stored) };
      return rules.decide(coming ? { ...question, coming } : question);
    };
    demandNotDenied('update', verdictOn(await this.findObject.execute(path)), request.auth);
    const judge = (stored: StoredObject | null): void => {
      demandAllowed('update', verdictOn(stored), request.auth);
      if (made) demandKeepable(made);
      demandState(stored);
    };
    return this.lanes.run(caller, () => this.changeMetadata.execute({ path, metadata, judge }));
  }
}

/** Of a reset the token is not drawn yet: a condition that asks for it fails. */
function metadataAfter(
  stored: StoredObject,
  metadata: Readonly<Record<string, unknown>> | null,
): Readonly<Record<string, unknown>> {
  return metadata ? { ...stored.metadata, ...metadata, token: stored.metadata.token } : {};
}
