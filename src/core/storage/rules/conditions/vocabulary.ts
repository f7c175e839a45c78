import {
  celEnv,
  celFunc,
  CelScalar,
  isCelList,
  isCelMap,
  type CelEnv,
  type CelFunc,
  type CelValue,
} from '@bufbuild/cel';
import { compilePattern } from './patterns';

/** What a value may be; what cannot be told before is any of them. `struct` is `request` and the like, no value at all. */
export const KINDS = [
  ...(['bool', 'int', 'uint', 'double', 'string', 'bytes', 'null', 'list', 'map', 'timestamp', 'duration'] as const),
  'type',
  'struct',
] as const;
export type Kind = (typeof KINDS)[number];
export type Kinds = ReadonlySet<Kind>;

export function kinds(...names: readonly Kind[]): Kinds {
  return new Set(names);
}

export const ANY: Kinds = new Set(KINDS.filter((kind) => kind !== 'struct'));

const RESOURCE_FIELDS = {
  size: kinds('int'),
  content_type: kinds('string'),
  owner: kinds('string', 'null'),
  created: kinds('timestamp'),
  updated: kinds('timestamp'),
  metadata: kinds('map'),
};

/** Everything a condition may name besides the params of its path, by its whole name. */
export const NAMES: ReadonlyMap<string, Kinds> = new Map([
  ['request', kinds('struct')],
  ['request.method', kinds('string')],
  ['request.path', kinds('string')],
  ['request.query', kinds('map')],
  ['request.auth', kinds('struct', 'null')],
  ['request.auth.user_id', kinds('string')],
  ['request.auth.email', kinds('string', 'null')],
  ['request.auth.roles', kinds('list')],
  ['request.auth.mfa', kinds('bool')],
  ['request.resource', kinds('struct', 'null')],
  ['resource', kinds('struct', 'null')],
  ...['request.resource', 'resource'].flatMap((owner) =>
    Object.entries(RESOURCE_FIELDS).map(([field, may]): [string, Kinds] => [`${owner}.${field}`, may]),
  ),
]);

export const RESOURCE_FIELD_NAMES = Object.keys(RESOURCE_FIELDS) as (keyof typeof RESOURCE_FIELDS)[];

/** What the entries of these are; those of any other map or list may be anything. */
export const ENTRIES: ReadonlyMap<string, Kinds> = new Map([
  ['request.query', kinds('string')],
  ['request.auth.roles', kinds('string')],
]);

export const FUNCTIONS: ReadonlySet<string> = new Set([
  ...['size', 'int', 'uint', 'double', 'string', 'bool', 'bytes', 'timestamp', 'duration'],
]);

export const METHODS: ReadonlySet<string> = new Set([
  ...['size', 'contains', 'startsWith', 'endsWith', 'matches'],
  ...['getFullYear', 'getMonth', 'getDate', 'getDayOfMonth', 'getDayOfWeek', 'getDayOfYear'],
  ...['getHours', 'getMinutes', 'getSeconds', 'getMilliseconds'],
]);

const MACROS: readonly string[] = ['has', 'all', 'exists', 'exists_one', 'existsOne', 'map', 'filter'];

/** CEL's own words (langdef.md, "Syntax"): its parser takes them for nothing else. */
const RESERVED = [
  ...['as', 'break', 'const', 'continue', 'else', 'false', 'for', 'function', 'if', 'import', 'in', 'let', 'loop'],
  ...['namespace', 'null', 'package', 'return', 'true', 'type', 'var', 'void', 'while'],
];

/** Whether a name of the rules file's own would hide, or be taken for, one of the language. */
export function isTaken(name: string): boolean {
  const isOfLanguage = FUNCTIONS.has(name) || METHODS.has(name) || MACROS.includes(name) || RESERVED.includes(name);
  return isOfLanguage || NAMES.has(name) || name === 'dyn';
}

/** More than any rule needs; what a stranger sends (a query of a thousand keys) must not set the cost. */
export const MOST_ITEMS = 64;
/** Put around everything that a macro goes through. No rules file can spell it. */
export const BOUNDED = '@bounded';

function bounded(items: CelValue): CelValue {
  if ((isCelList(items) || isCelMap(items)) && items.size > MOST_ITEMS) {
    throw new Error(`more than ${MOST_ITEMS} items to go through`);
  }
  return items;
}

export const environment: CelEnv = celEnv({
  funcs: [celFunc(BOUNDED, [CelScalar.DYN], CelScalar.DYN, bounded)],
  // linear in the text, whatever the pattern: RE2 does not backtrack
  re2: { compile: compilePattern },
});

/** The forms of a function or operator, for the check of kinds. */
export function formsOf(name: string): readonly CelFunc[] {
  return [...(environment.funcs.find(name) ?? [])];
}
