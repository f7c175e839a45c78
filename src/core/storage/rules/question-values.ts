import type { CelInput } from '@bufbuild/cel';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Values } from './conditions/values';
import { RESOURCE_FIELD_NAMES } from './conditions/vocabulary';
import type {
  ComingResource,
  FolderQuestion,
  StorageAuth,
  StorageQuestion,
  StorageRequest,
  StoredResource,
} from './storage-question';

const AUTH_FIELDS = ['request.auth.user_id', 'request.auth.email', 'request.auth.roles', 'request.auth.mfa'] as const;
/** A folder asks for each of its files with the same query. */
const QUERIES = new WeakMap<StorageRequest['query'], Map<string, string>>();
const NOBODY_IS_SIGNED_IN = 'nobody is signed in';
const NO_OBJECT = 'there is no such object';
const NOTHING_COMES = 'nothing is being uploaded over an object';

/** The name by which expressions know a param: one that nothing of the language has. */
export function nameOfParam(param: string): string {
  return `:${param}`;
}

/** What everything a condition may name stands for in a question. */
export function valuesOf(question: StorageQuestion, params: ReadonlyMap<string, string>): Values {
  const values = valuesOfRequest(question, params);
  const { verb, resource, coming = {} } = question;
  if (verb === 'create') bindResource(values, 'resource', coming);
  else bindResource(values, 'resource', resource, NO_OBJECT);
  bindResource(values, 'request.resource', verb === 'update' ? coming : null, NOTHING_COMES);
  return values;
}

/** The same with who asks and the query left open: what is sure all the same is so for everyone. */
export function valuesForAnyone(question: StorageQuestion, params: ReadonlyMap<string, string>): Values {
  return forAnyone(valuesOf(question, params));
}

/** For every child of a folder at once: what differs from child to child is open. */
export function valuesOfChildren(
  question: FolderQuestion,
  params: ReadonlyMap<string, string>,
  names: Iterable<string>,
): Values {
  const values = valuesOfRequest(question, params).leaveOpen('request.path').set('resource', true);
  for (const name of names) if (!params.has(name)) values.leaveOpen(nameOfParam(name));
  for (const field of RESOURCE_FIELD_NAMES) values.leaveOpen(`resource.${field}`);
  bindResource(values, 'request.resource', null, NOTHING_COMES);
  return values;
}

/** As `valuesForAnyone`. */
export function forAnyone(values: Values): Values {
  for (const name of ['request.auth', ...AUTH_FIELDS, 'request.query']) values.leaveOpen(name);
  return values;
}

export function valuesOfRequest(request: StorageRequest, params: ReadonlyMap<string, string>): Values {
  const values = new Values()
    .set('request.method', request.method)
    .set('request.path', `/${request.path.join('/')}`)
    .setLater('request.query', () => queryOf(request));
  for (const [name, value] of params) values.set(nameOfParam(name), value);
  bindAuth(values, request.auth);
  return values;
}

/** A key given twice counts as not given: which of the two is meant is nothing to guess at. */
function queryOf({ query }: StorageRequest): Map<string, string> {
  const known = QUERIES.get(query);
  if (known) return known;
  const values = new Map(
    Object.entries(query).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
  QUERIES.set(query, values);
  return values;
}

function bindAuth(values: Values, auth: StorageAuth | null): void {
  // only ever compared with null
  values.set('request.auth', auth === null ? null : true);
  if (auth === null) for (const name of AUTH_FIELDS) values.lack(name, NOBODY_IS_SIGNED_IN);
  else {
    values
      .set('request.auth.user_id', auth.userId)
      .set('request.auth.email', auth.email)
      .set('request.auth.roles', [...auth.roles])
      .set('request.auth.mfa', auth.mfa);
  }
}

function bindResource(values: Values, owner: string, resource: ComingResource | null, whyNot = ''): void {
  values.set(owner, resource === null ? null : true);
  if (resource === null) {
    for (const field of RESOURCE_FIELD_NAMES) values.lack(`${owner}.${field}`, whyNot);
    return;
  }
  const known = fieldsOf(resource);
  for (const field of RESOURCE_FIELD_NAMES) {
    const value = known[field];
    if (value === undefined) values.leaveOpen(`${owner}.${field}`);
    else values.set(`${owner}.${field}`, value);
  }
  const { metadata } = resource;
  // who is refused without it must not learn by the time how much is said about a file, or whether there is one
  if (metadata) values.setLater(`${owner}.metadata`, () => jsonToCel(metadata));
}

type Fields = Partial<Record<(typeof RESOURCE_FIELD_NAMES)[number], CelInput | undefined>>;

function fieldsOf({ size, contentType, owner, created, updated }: Partial<StoredResource>): Fields {
  return {
    size: size === undefined ? undefined : BigInt(size),
    content_type: contentType,
    owner,
    created: created && timestampFromDate(created),
    updated: updated && timestampFromDate(updated),
  };
}

/** Whole numbers are ints, as people expect of a number they gave as 5. */
function jsonToCel(value: unknown): CelInput {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(jsonToCel);
  if (typeof value !== 'object' || value === null) return null;
  // a Map, not an object: metadata may well have a key `constructor`
  return new Map(Object.entries(value).map(([key, entry]) => [key, jsonToCel(entry)]));
}
