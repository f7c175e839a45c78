import * as fc from 'fast-check';
import { acceptableEdits, type Fields } from './field-kinds';
import { anyText } from './odd-text';

import { fairSpellings, foulSpellings, JSON_TYPE, raw, RAW_NUMBERS, toJson, type Payload } from './json-spellings';

export type Body = Readonly<Record<string, unknown>>;

/** Makes what is sent of a body that is valid. */
export type Mutation = (valid: Body) => Payload;

const nested = (depth: number, inner: unknown): unknown => {
  let value = inner;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};

const oddNames = fc.oneof(
  fc.constantFrom(
    'toString',
    'then',
    'length',
    'valueOf',
    'toJSON',
    'hasOwnProperty',
    '',
    '\0',
    'é',
    '__defineGetter__',
  ),
  anyText(40),
);

/** A value that no field takes, or hardly any. */
const wildValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, false, 0, 1, -1, 1e308, 5e-324, '', [], {}),
  fc.constantFrom(...RAW_NUMBERS).map(raw),
  anyText(5000),
  fc.constantFrom(5000, 60_000).map((length) => 'x'.repeat(length)),
  fc.constantFrom(1, 5, 10, 40, 3000).map((depth) => nested(depth, 'deep')),
  oddNames.map((name) => ({ [name]: { [name]: 1 } })),
  fc.constantFrom<unknown>({ type: 'Buffer', data: [1, 2] }, { $ne: null }, [[]], ['x', 'y'], { length: 3, 0: 'a' }),
  fc.jsonValue({ maxDepth: 3 }),
);

type Rewrite = (valid: Body) => unknown;

/** Bodies that are JSON, but not the body that was asked for. */
const rewrites = (names: readonly string[]): fc.Arbitrary<Rewrite> => {
  const field = names.length > 0 ? fc.constantFrom(...names) : fc.constant('field');
  const set = (name: string, value: unknown): Rewrite => {
    return (valid) => ({ ...valid, [name]: value });
  };
  const spoiled = fc.tuple(field, fc.constantFrom('\0', '\ud800', '\udc00', '\u202e', '\uffff', '\n'), fc.boolean());
  return fc.oneof(
    {
      arbitrary: spoiled.map(([name, character, isFirst]): Rewrite => (valid) => {
        const text = String(valid[name]);
        return { ...valid, [name]: isFirst ? character + text : text + character };
      }),
      weight: 5,
    },
    { arbitrary: fc.tuple(field, wildValue).map(([name, value]) => set(name, value)), weight: 8 },
    {
      arbitrary: fc
        .tuple(field, field)
        .map(([one, two]): Rewrite => (valid) => ({ ...valid, [one]: undefined, [two]: undefined })),
      weight: 2,
    },
    { arbitrary: field.map((name): Rewrite => (valid) => ({ ...valid, [name]: [valid[name]] })), weight: 2 },
    { arbitrary: field.map((name): Rewrite => (valid) => ({ ...valid, [name]: { [name]: valid[name] } })), weight: 1 },
    { arbitrary: fc.tuple(oddNames, wildValue).map(([name, value]) => set(name, value)), weight: 3 },
    {
      arbitrary: wildValue.map(
        (value): Rewrite =>
          () =>
            value,
      ),
      weight: 2,
    },
    {
      arbitrary: fc.constantFrom<Rewrite>(
        (valid) => [valid],
        (valid) => ({ body: valid }),
      ),
      weight: 1,
    },
    {
      arbitrary: fc.constantFrom(100, 300, 6000).map((count): Rewrite => (valid) => ({
        ...valid,
        ...Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${String(index)}`, 1])),
      })),
      weight: 1,
    },
  );
};

/** Within the bounds of a body, so that they may be ignored. */
const EXTRAS: readonly unknown[] = [1, null, true, '\0', '\ud800', [], { a: [{ toString: 1 }] }, 'x'.repeat(10_000)];

/** Odd, but to be taken: nearly every one reaches the flow. `extra`: the route ignores fields that it does not know. */
export function fairJson(fields: Fields, { extra }: { readonly extra: boolean }): fc.Arbitrary<Mutation> {
  const more = extra
    ? fc.option(fc.tuple(fc.constantFrom('isAdmin', 'x', '\0', 'é'), fc.constantFrom(...EXTRAS)), {
        nil: null,
        freq: 2,
      })
    : fc.constant(null);
  return fc
    .tuple(acceptableEdits(fields), more, fc.boolean(), fairSpellings)
    .map(([edits, added, isReversed, spell]) => {
      return (valid: Body) => {
        const entries = Object.entries(valid).map(([name, value]) => [name, edits[name]?.(value) ?? value] as const);
        const ordered = isReversed ? entries.reverse() : entries;
        return spell(toJson(Object.fromEntries(added ? [...ordered, added] : ordered)));
      };
    });
}

const KILLERS: readonly ((text: string) => unknown)[] = [
  (text) => `${text}\0`,
  (text) => `${text}\ud800`,
  (text) => [text],
  (text) => ({ [text]: text }),
  () => raw('1e400'),
  () => null,
];

/** What has felled services most often, in each field once: chance must not be what leaves one out. */
export function sweep(fields: Fields): Mutation[] {
  return Object.keys(fields).flatMap((name) =>
    KILLERS.map((killer) => (valid: Body) => ({
      bytes: toJson({ ...valid, [name]: killer(String(valid[name])) }),
      type: JSON_TYPE,
    })),
  );
}

/** Anything. */
export function foulJson(fields: Fields): fc.Arbitrary<Mutation> {
  const spellings = fc.oneof({ arbitrary: fairSpellings, weight: 3 }, { arbitrary: foulSpellings, weight: 2 });
  return fc.tuple(rewrites(Object.keys(fields)), spellings).map(
    ([rewrite, spell]) =>
      (valid: Body) =>
        spell(toJson(rewrite(valid))),
  );
}
