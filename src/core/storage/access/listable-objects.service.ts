import { Injectable } from '@nestjs/common';
import { AppError } from '../../../kernel/errors/app-error';
import { ListFolder } from '../objects/list-folder.flow';
import type { StoredObject } from '../objects/stored-object';
import { StorageRules } from '../rules/storage-rules.service';
import type { RuleSet } from '../rules/rule-set';
import type { StorageAuth, StorageRequest } from '../rules/storage-question';
import { keyOf } from '../storage-path';
import { describedTo, type DescribedObject } from './described-object';
import { demandNotDenied, resourceOf } from './storage-access';

const PAGE = 200;
/** Where each file must be judged by itself, no more of them are looked at for one request. */
const MOST_JUDGED = 10_000;
/** Who is not signed in has it cheaper: whatever is there, he is mostly asked to sign in. */
const MOST_JUDGED_FOR_STRANGERS = 100;

type FolderVerb = 'list' | 'get';

/** The part of a folder that is gone through. */
interface Walk {
  readonly folder: string;
  readonly after: string;
  readonly token: string | undefined;
  readonly most: number;
}

/** The files directly in a folder that somebody may list, and whether anybody may. */
export interface ListableFolder {
  /** Those with names after this one, in the byte order of names; read from the rows a page at a time, as it is gone through. */
  readonly from: (after: string) => AsyncIterable<StoredObject>;
  /** The last name looked at, once all was gone through and there are more than are looked at for one request; or null. */
  readonly cutAfter: () => string | null;
  readonly isOpenToAll: boolean;
  /** With what who is shown nothing is refused; null: it is just empty to him. */
  readonly refusalOfNone: () => AppError | null;
  /** Whether the rules that it was gone through by allow one of them to who asks as he is by now. */
  readonly isStillAllowed: (object: StoredObject, auth: StorageAuth | null) => boolean;
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
   * @param verbs what he must be allowed to do with each: `list`, and `get` where he is to have their bytes
   * @throws AppError `not-found`, `invalid-token`: where the rules say so whatever is in there
   */
  in(request: StorageRequest, verbs: readonly FolderVerb[] = ['list']): ListableFolder {
    const rules = this.rules.current();
    const verdicts = verbs.map((verb) => [verb, rules.decideFolder(request, verb)] as const);
    for (const [verb, verdict] of verdicts) demandNotDenied(verb, verdict, request.auth);
    const unsure = verdicts.filter(([, { decision }]) => decision !== 'allow').map(([verb]) => verb);
    const isByToken = verdicts.some(([, verdict]) => verdict.isByToken);
    const walk = { folder: keyOf(request.path), ...boundsOf(unsure, isByToken, request) };
    let cut: string | null = null;
    const onCut = (name: string): void => {
      cut = name;
    };
    return {
      from: (after) => allowed(rules, request, unsure, this.rows({ ...walk, after }, onCut)),
      cutAfter: () => cut,
      isOpenToAll: verdicts.every(([, verdict]) => verdict.isOpenToAll),
      refusalOfNone: () => (unsure.length === 0 ? null : refusalOfNone(isByToken, request.auth)),
      isStillAllowed: (object, auth) => isAllowed(rules, { ...request, auth }, verbs, object),
      describe: (object) => describedTo(rules, aboutChild(request, object), object),
    };
  }

  private async *rows(
    { folder, after, token, most }: Walk,
    onCut: (lastName: string) => void,
  ): AsyncGenerator<StoredObject> {
    let last: string | undefined = after;
    const limit = Math.min(PAGE, most);
    for (let count = 0; last !== undefined && count < most; count += limit) {
      const page: StoredObject[] = await this.listFolder.execute({ folder, after: last, token, limit });
      yield* page;
      last = page.length < limit ? undefined : page.at(-1)?.filename;
    }
    if (last !== undefined) onCut(last);
  }
}

/**
 * Which files are looked at, and how many. A token that came, and decides alone, leads to its file: so it is as good in a
 * large folder, and a wrong one takes as long whatever is there.
 */
function boundsOf(
  unsure: readonly FolderVerb[],
  isByToken: boolean,
  { auth, query: { token } }: StorageRequest,
): Pick<Walk, 'token' | 'most'> {
  const mostJudged = auth ? MOST_JUDGED : MOST_JUDGED_FOR_STRANGERS;
  return {
    token: isByToken && typeof token === 'string' ? token : undefined,
    most: unsure.length === 0 ? Infinity : mostJudged,
  };
}

/** Files are judged one by one, and none may be there: a stranger is asked to sign in, a wrong token opens no folder. */
function refusalOfNone(isByToken: boolean, auth: StorageAuth | null): AppError | null {
  if (auth === null) return new AppError('invalid-token');
  return isByToken ? new AppError('not-found') : null;
}

async function* allowed(
  rules: RuleSet,
  request: StorageRequest,
  verbs: readonly FolderVerb[],
  objects: AsyncIterable<StoredObject>,
): AsyncGenerator<StoredObject> {
  for await (const object of objects) if (isAllowed(rules, request, verbs, object)) yield object;
}

function isAllowed(
  rules: RuleSet,
  request: StorageRequest,
  verbs: readonly FolderVerb[],
  object: StoredObject,
): boolean {
  const child = aboutChild(request, object);
  const resource = resourceOf(object);
  return verbs.every((verb) => rules.decide({ ...child, verb, resource }).decision === 'allow');
}

function aboutChild(request: StorageRequest, { filename }: StoredObject): StorageRequest {
  return { ...request, path: [...request.path, filename] };
}
