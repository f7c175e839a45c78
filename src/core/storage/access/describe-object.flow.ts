import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.service';
import { ChangeMetadata } from '../objects/change-metadata.flow';
import { FindObject } from '../objects/find-object.flow';
import type { StoredObject } from '../objects/stored-object';
import { WriteLanes } from '../objects/write-lanes.service';
import type { MadeMetadata, RuleSet } from '../rules/rule-set';
import { StorageRules } from '../rules/storage-rules.service';
import type { StorageAuth } from '../rules/storage-question';
import { keyOf } from '../storage-path';
import {
  demandAllowed,
  demandKeepable,
  demandNotDenied,
  resourceOf,
  resourceOrNull,
  type StorageWrite,
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
   * @throws AppError `not-found`, `invalid-token`, `forbidden`, `validation`, `too-many-requests` (at once), and what
   *   `demandState` and `authNow` throw
   */
  async describe(write: StorageWrite): Promise<DescribedObject> {
    const rules = this.rules.current();
    const object = await this.change(rules, write, rules.metadataFor(write.request));
    return writtenBy(rules, write.request, object);
  }

  /** Forgets all of it; a fresh token voids the one that links were shared by. @throws AppError as `describe` does */
  async reset(write: StorageWrite): Promise<void> {
    await this.change(this.rules.current(), write, null);
  }

  private async change(
    rules: RuleSet,
    { sender, request, demandState, authNow }: StorageWrite,
    made: MadeMetadata | null,
  ): Promise<StoredObject> {
    const metadata = made && made.values;
    const path = keyOf(request.path);
    const verdictOn = (stored: StoredObject | null, auth: StorageAuth | null) => {
      const coming = stored && { ...resourceOf(stored), metadata: metadataAfter(stored, metadata) };
      const question = { ...request, auth, verb: 'update' as const, resource: resourceOrNull(stored) };
      return rules.decide(coming ? { ...question, coming } : question);
    };
    demandNotDenied('update', verdictOn(await this.findObject.execute(path), request.auth), request.auth);
    const judge = async (stored: StoredObject | null, tx: Tx): Promise<void> => {
      const auth = await authNow(tx);
      demandAllowed('update', verdictOn(stored, auth), auth);
      if (made) demandKeepable(made);
      demandState(stored);
    };
    return this.lanes.run(sender, () => this.changeMetadata.execute({ path, metadata, judge }));
  }
}

/** Of a reset the token is not drawn yet: a condition that asks for it fails. */
function metadataAfter(
  stored: StoredObject,
  metadata: Readonly<Record<string, unknown>> | null,
): Readonly<Record<string, unknown>> {
  return metadata ? { ...stored.metadata, ...metadata, token: stored.metadata.token } : {};
}
