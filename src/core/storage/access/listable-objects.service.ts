import { Injectable } from '@nestjs/common';
import { ListFolder } from '../objects/list-folder.flow';
import type { StoredObject } from '../objects/stored-object';
import { StorageRules } from '../rules/storage-rules.service';
import type { RuleSet } from '../rules/rule-set';
import type { StorageRequest } from '../rules/storage-question';
import { keyOf } from '../storage-path';
import { describedTo, type DescribedObject } from './described-object';
import { demandNotDenied, resourceOf } from './storage-access';

const PAGE = 200;
/** Where each file must be judged by itself, no more of them are looked at for one request. */
const MOST_JUDGED = 10_000;
/** Who is not signed in has it cheaper: whatever is there, he is mostly asked to sign in. */
const MOST_JUDGED_FOR_STRANGERS = 100;

/** The files directly in a folder that somebody may list, and whether anybody may. */
export interface ListableFolder {
  readonly objects: AsyncIterable<StoredObject>;
  readonly isOpenToAll: boolean;
  /** Whether a stranger who is shown nothing is asked to sign in: files are judged one by one, and none may be there. */
  readonly asksToSignIn: boolean;
  /** What he may know of one of them. */
  readonly describe: (object: StoredObject) => DescribedObject;
}

/** Goes through folders for somebody. */
@Injectable()
export class ListableObjects {
  constructor(
    private readonly rules: StorageRules,
    private readonly listFolder: ListFolder,
  ) {}

  /**
   * Only names after `after`, in the byte order of names. Read from the rows a page at a time, as it is gone through.
   *
   * @throws AppError `not-found`, `invalid-token`: where the rules say so whatever is in there
   */
  in(request: StorageRequest, after: string): ListableFolder {
    const rules = this.rules.current();
    const verdict = rules.decideFolder(request);
    demandNotDenied('list', verdict, request.auth);
    const isSure = verdict.decision === 'allow';
    const mostJudged = request.auth ? MOST_JUDGED : MOST_JUDGED_FOR_STRANGERS;
    const all = this.rows(keyOf(request.path), after, isSure ? Infinity : mostJudged);
    const objects = isSure ? all : listable(rules, request, all);
    return {
      objects,
      isOpenToAll: verdict.isOpenToAll,
      asksToSignIn: !isSure && request.auth === null,
      describe: (object) => describedTo(rules, aboutChild(request, object), object),
    };
  }

  private async *rows(folder: string, after: string, most: number): AsyncGenerator<StoredObject> {
    let last: string | undefined = after;
    const limit = Math.min(PAGE, most);
    for (let count = 0; last !== undefined && count < most; count += limit) {
      const page: StoredObject[] = await this.listFolder.execute({ folder, after: last, limit });
      yield* page;
      last = page.length < limit ? undefined : page.at(-1)?.filename;
    }
  }
}

async function* listable(
  rules: RuleSet,
  request: StorageRequest,
  objects: AsyncIterable<StoredObject>,
): AsyncGenerator<StoredObject> {
  for await (const object of objects) {
    const { decision } = rules.decide({ ...aboutChild(request, object), verb: 'list', resource: resourceOf(object) });
    if (decision === 'allow') yield object;
  }
}

function aboutChild(request: StorageRequest, { filename }: StoredObject): StorageRequest {
  return { ...request, path: [...request.path, filename] };
}
