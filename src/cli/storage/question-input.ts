import type {
  ComingResource,
  StorageAuth,
  StorageQuestion,
  StorageVerb,
  StoredResource,
} from '../../core/storage/rules/storage-question';

/** What a person got wrong in a question to the rules. */
export class QuestionInputError extends Error {}

type Fields = Readonly<Record<string, unknown>>;
type Query = Readonly<Record<string, string | readonly string[]>>;

const VERB_OF: ReadonlyMap<string, StorageVerb> = new Map([
  ['GET', 'get'],
  ['HEAD', 'get'],
  ['DELETE', 'delete'],
]);
const METHOD_OF: Readonly<Record<StorageVerb, string>> = {
  get: 'GET',
  list: 'GET',
  create: 'POST',
  update: 'POST',
  delete: 'DELETE',
};

/** A verb and a method from either of them: `POST` updates what is there and creates what is not. */
export function verbAndMethodOf(
  name: string,
  isThere: boolean,
): { readonly verb: StorageVerb; readonly method: string } {
  if (Object.hasOwn(METHOD_OF, name)) {
    const verb = name as StorageVerb;
    return { verb, method: METHOD_OF[verb] };
  }
  const verb = name === 'POST' ? (isThere ? 'update' : 'create') : VERB_OF.get(name);
  if (!verb) throw new QuestionInputError(`${name} is no method or verb: GET, POST, DELETE or get, list, create …`);
  return { verb, method: name };
}

/** `/user/1/a%20b?token=x` as the service would read it. A slash at the end means a folder. */
export function readPath(text: string): { readonly path: string[]; readonly query: Query; readonly isFolder: boolean } {
  const [, rawPath = '', rawQuery = ''] = /^([^?]*)\??(.*)$/s.exec(text) ?? [];
  if (!rawPath.startsWith('/')) throw new QuestionInputError(`${text} does not begin with /`);
  const isFolder = rawPath.endsWith('/');
  const segments = rawPath.replace(/\/$/, '').split('/').slice(1);
  try {
    const path = segments.map((segment) => decodeURIComponent(segment).normalize('NFC'));
    return { path, query: readQuery(new URLSearchParams(rawQuery)), isFolder };
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new QuestionInputError(`${text} is not percent-encoded UTF-8`);
  }
}

/** From a URL, or a map of keys to one value or several. */
export function readQuery(given: unknown): Query {
  const entries: [string, string][] =
    given instanceof URLSearchParams
      ? [...given]
      : Object.entries(fieldsOf(given ?? {}, 'query')).flatMap(([key, value]) =>
          [value].flat().map((one): [string, string] => [key, String(one)]),
        );
  const query = new Map<string, string[]>();
  for (const [key, value] of entries) query.set(key, [...(query.get(key) ?? []), value]);
  return Object.fromEntries([...query].map(([key, values]) => [key, values.length === 1 ? (values[0] ?? '') : values]));
}

/** `{user_id, email, roles, mfa}`; null is nobody. */
export function readAuth(given: unknown): StorageAuth | null {
  if (given === null || given === undefined) return null;
  const fields = fieldsOf(given, 'as', ['user_id', 'email', 'roles', 'mfa']);
  return {
    userId: text(fields, 'user_id') ?? fail('as needs a user_id'),
    email: text(fields, 'email') ?? null,
    roles: read(fields, 'roles', isTexts, 'a list of texts') ?? [],
    mfa: read(fields, 'mfa', isFlag, 'true or false') ?? false,
  };
}

const RESOURCE_FIELDS = ['size', 'content_type', 'owner', 'created', 'updated', 'metadata'];

/** A coming file: what is not given is not known. */
function readComing(given: unknown, name = 'coming'): ComingResource {
  const fields = fieldsOf(given, name, RESOURCE_FIELDS);
  const [size, contentType, metadata] = [
    read(fields, 'size', isSize, 'a whole number'),
    text(fields, 'content_type'),
    read(fields, 'metadata', isFields, 'a map'),
  ];
  const [created, updated] = [instant(fields, 'created'), instant(fields, 'updated')];
  return {
    ...(size === undefined ? {} : { size }),
    ...(contentType === undefined ? {} : { contentType }),
    ...('owner' in fields ? { owner: text(fields, 'owner') ?? null } : {}),
    ...(created === undefined ? {} : { created }),
    ...(updated === undefined ? {} : { updated }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

/** A stored object; what is not given is as plain as can be. Null: there is none. */
export function readResource(given: unknown): StoredResource | null {
  if (given === null || given === undefined) return null;
  const longAgo = new Date(0);
  return {
    ...{ size: 0, contentType: 'application/octet-stream', owner: null, created: longAgo, updated: longAgo },
    metadata: {},
    ...readComing(given, 'resource'),
  };
}

/** Puts a question together. For create and update without `coming`, nothing is known of what comes. */
export function questionOf(parts: Omit<StorageQuestion, 'coming'>, coming: unknown): StorageQuestion {
  return coming === undefined || coming === null ? parts : { ...parts, coming: readComing(coming) };
}

export function fieldsOf(given: unknown, name: string, known?: readonly string[]): Fields {
  if (!isFields(given)) return fail(`${name} must be a map`);
  const unknown = known && Object.keys(given).find((key) => !known.includes(key));
  return unknown === undefined ? given : fail(`${name} has no field ${unknown}`);
}

function read<T>(fields: Fields, name: string, isRight: (value: unknown) => value is T, what: string): T | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  return isRight(value) ? value : fail(`${name} must be ${what}`);
}

function text(fields: Fields, name: string): string | undefined {
  return read(fields, name, (value) => typeof value === 'string', 'a text');
}

function instant(fields: Fields, name: string): Date | undefined {
  const given = text(fields, name);
  if (given === undefined) return undefined;
  const date = new Date(given);
  return Number.isNaN(date.getTime()) ? fail(`${name} must be a time such as 2026-01-31T12:00:00Z`) : date;
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fail(message: string): never {
  throw new QuestionInputError(message);
}
