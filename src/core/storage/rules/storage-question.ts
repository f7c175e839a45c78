/** What is asked for. `read` in a rules file is get and list, `write` is create, update and delete. */
export const STORAGE_VERBS = ['get', 'list', 'create', 'update', 'delete'] as const;
export type StorageVerb = (typeof STORAGE_VERBS)[number];

/** The decoded segments of a path, in NFC; `/user/1/a.txt` is `['user', '1', 'a.txt']`. A folder ends without a slash. */
export type StoragePath = readonly string[];

/** Who asks. `email` is null until it is proved. */
export interface StorageAuth {
  readonly userId: string;
  readonly email: string | null;
  readonly roles: readonly string[];
  readonly mfa: boolean;
}

/** An object as its row has it. */
export interface StoredResource {
  /** In bytes. */
  readonly size: number;
  readonly contentType: string;
  readonly owner: string | null;
  readonly created: Date;
  readonly updated: Date;
  /** With `token`. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** An object on its way. What is not known yet is absent: a condition that needs it is undecided. */
export type ComingResource = Partial<StoredResource>;

/** What formulas of metadata are evaluated from, and conditions as well. */
export interface StorageRequest {
  readonly path: StoragePath;
  /** The HTTP method. */
  readonly method: string;
  /** The decoded query. A key given more than once, whose value is a list then, counts as not given. */
  readonly query: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly auth: StorageAuth | null;
}

/** What a folder question asks: may the caller list what is directly in `path`? */
export type FolderQuestion = StorageRequest;

export interface StorageQuestion extends StorageRequest {
  readonly verb: StorageVerb;
  /** The stored object, or null where there is none. */
  readonly resource: StoredResource | null;
  /** For create and update. */
  readonly coming?: ComingResource;
}

/** `undecided`: what the answer hangs on is not known yet, or differs from object to object. */
export type StorageDecision = 'allow' | 'deny' | 'undecided';

export interface FolderVerdict {
  /** Whether any rule matches. */
  readonly isMatched: boolean;
  readonly decision: StorageDecision;
  /** Whether it is allowed whoever asks, and with whatever query. */
  readonly isOpenToAll: boolean;
}

export interface ListVerdict extends FolderVerdict {
  /** Where it is undecided: whether no file can be listed but those that have the `token` of the query. */
  readonly isByToken: boolean;
}

export interface StorageVerdict extends FolderVerdict {
  /** Media types that the bytes may be of, such as `image/*`; empty: any. */
  readonly accept: readonly string[];
  /** The pattern of the rule that decides, for logs and the audit; null where none matches. */
  readonly rule: string | null;
}
