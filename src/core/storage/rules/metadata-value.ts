import { isCelList, isCelMap, isCelUint, type CelValue } from '@bufbuild/cel';

/** Of one value, as JSON. */
const MOST_CHARACTERS = 4096;
const MOST_DEPTH = 4;

/** What a formula gave, as a row of metadata can hold it, or the end of a sentence that says why it cannot. */
export type MetadataValue = { readonly value: unknown } | { readonly fault: string };

export function metadataValueOf(value: CelValue): MetadataValue {
  const plain = plainOf(value, 0);
  if (plain === undefined) return { fault: 'must be something that JSON and PostgreSQL can hold' };
  if (JSON.stringify(plain).length > MOST_CHARACTERS)
    return { fault: `must have at most ${MOST_CHARACTERS} characters as JSON` };
  return { value: plain };
}

function plainOf(value: CelValue, depth: number): unknown {
  if (isCelUint(value)) return plainOf(value.value, depth);
  if (isCelList(value)) return depth < MOST_DEPTH ? allOf([...value], depth) : undefined;
  if (isCelMap(value)) return depth < MOST_DEPTH ? objectOf([...value], depth) : undefined;
  return scalarOf(value);
}

function scalarOf(value: CelValue): unknown {
  switch (typeof value) {
    case 'string':
      return isStorable(value) ? value : undefined;
    case 'boolean':
      return value;
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : undefined;
    case 'number':
      return Number.isFinite(value) ? value : undefined;
    default:
      // bytes, timestamps and types have no JSON; string() makes a text of the first two
      return value === null ? null : undefined;
  }
}

function allOf(items: readonly CelValue[], depth: number): unknown {
  const plain = items.map((item) => plainOf(item, depth + 1));
  return plain.includes(undefined) ? undefined : plain;
}

function objectOf(entries: readonly (readonly [unknown, CelValue])[], depth: number): unknown {
  const plain = entries.map(([key, value]): [unknown, unknown] => [key, plainOf(value, depth + 1)]);
  if (plain.some(([key, value]) => typeof key !== 'string' || !isStorable(key) || value === undefined))
    return undefined;
  return Object.fromEntries(plain);
}

/** PostgreSQL's JSON has neither NUL nor lone surrogates. */
function isStorable(text: string): boolean {
  return !/[\0\p{Cs}]/u.test(text);
}
