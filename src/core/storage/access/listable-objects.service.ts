import { Injectable } from '@nestjs/common';
import { AppError } from '../../../kernel/errors/app-error';
import { ListFolder } from '../objects/list-folder.flow';
import type { StoredObject } from '../objects/stored-object';
import { StorageRules } from '../rules/storage-rules.service';
import type { RuleSet } from '../rules/rule-set';
import type { ListVerdict, StorageRequest } from '../rules/storage-question';
import { keyOf } from '../storage-path';
import { describedTo, type DescribedObject } from './described-object';
import { demandNotDenied, resourceOf } from './storage-access';

const PAGE = 200;
/** Where each file must be judged by itself, no more of them are looked at for one request. */
const MOST_JUDGED = 10_000;
/** Who is not signed in has it cheaper: whatever is there, he is mostly asked to sign in. */
const MOST_JUDGED_FOR_STRANGERS = 100;

/** The part of a folder that is gone through. */
interface Walk {
  readonly folder: string;
  readonly after: string;
  readonly token: string | undefined;
  readonly most: number;
}

/** The files directly in a folder that somebody may list, and whether anybody may. */
export interface ListableFolder {
  readonly objects: AsyncIterable<StoredObject>;
  readonly isOpenToAll: boolean;
  /** With what who is shown nothing is refused; null: it is just empty to him. */
  readonly refusalOfNone: () => AppError | null;
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
    const all = this.rows({ folder: keyOf(request.path), after, ...boundsOf(verdict, request) });
    const objects = isSure ? all : listable(rules, request, all);
    return {
      objects,
      isOpenToAll: verdict.isOpenToAll,
      refusalOfNone: () => refusalOfNone(verdict, request),
      describe: (object) => describedTo(rules, aboutChild(request, object), object),
    };
  }

  private async *rows({ folder, after, token, most }: Walk): AsyncGenerator<StoredObject> {
    let last: string | undefined = after;
    const limit = Math.min(PAGE, most);
    for (let count = 0; last !== undefined && count < most; count += limit) {
      const page: StoredObject[] = await this.listFolder.execute({ folder, after: last, token, limit });
      yield* page;
      last = page.length < limit ? undefined : page.at(-1)?.filename;
    }
  }
}

/**
 * Which files are looked at, and how many. A token that came, and decides alone, leads to its file: so it is as good in a
 * large folder, and a wrong one takes as long whatever is there.
 */
function boundsOf({ decision, isByToken }: ListVerdict, { auth, query }: StorageRequest): Pick<Walk, 'token' | 'most'> {
  const { token } = query;
  return {
    token: isByToken && typeof token === 'string' ? token : undefined,
    most: decision === 'allow' ? Infinity : auth ? MOST_JUDGED : MOST_JUDGED_FOR_STRANGERS,
  };
}

/** Files are judged one by one, and none may be there: a stranger is asked to sign in, a wrong token opens no folder. */
function refusalOfNone({ decision, isByToken }: ListVerdict, { auth }: StorageRequest): AppError | null {
  if (decision === 'allow') return null;
  if (auth === null) return new AppError('invalid-token');
  return isByToken ? new AppError('not-found') : null;
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
