import { Injectable } from '@nestjs/common';
import { AppError } from '../../../kernel/errors/app-error';
import { FindObject } from '../objects/find-object.flow';
import type { StoredObject } from '../objects/stored-object';
import type { RuleSet } from '../rules/rule-set';
import { StorageRules } from '../rules/storage-rules.service';
import type { StorageRequest } from '../rules/storage-question';
import { keyOf } from '../storage-path';
import { describedTo, type DescribedObject } from './described-object';
import { demandAllowed, resourceOrNull } from './storage-access';

export interface ReadableObject {
  readonly object: StoredObject;
  /** Whether anybody may have it, whatever he asks with. */
  readonly isOpenToAll: boolean;
}

/** Finds a file for somebody who may have it. */
@Injectable()
export class ReadObject {
  constructor(
    private readonly rules: StorageRules,
    private readonly findObject: FindObject,
  ) {}

  /** @throws AppError `not-found`, `invalid-token`; whether or not there is a file: the same, after the same work */
  execute(request: StorageRequest): Promise<ReadableObject> {
    return this.find(this.rules.current(), request);
  }

  /** What he may know of it. @throws AppError as `execute` does */
  async describe(request: StorageRequest): Promise<DescribedObject> {
    const rules = this.rules.current();
    const { object } = await this.find(rules, request);
    return describedTo(rules, request, object);
  }

  private async find(rules: RuleSet, request: StorageRequest): Promise<ReadableObject> {
    const object = await this.findObject.execute(keyOf(request.path));
    const verdict = rules.decide({ ...request, verb: 'get', resource: resourceOrNull(object) });
    demandAllowed('get', verdict, request.auth);
    if (!object) throw new AppError('not-found');
    return { object, isOpenToAll: verdict.isOpenToAll };
  }
}
