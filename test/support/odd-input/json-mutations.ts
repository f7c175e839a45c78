import * as fc from 'fast-check';
import { acceptableEdits, type Fields } from './field-kinds';
import { anyText } from './odd-text';

export type Body = Readonly<Record<string, unknown>>;

/** What is sent. */
export interface Payload {
  readonly bytes: Buffer | string;
  /** Null: the header is left out. */
  readonly type: string | null;
}

/** Makes what is sent of a body that is valid. */
export type Mutation = (valid: Body) => Payload;

const JSON_TYPE = 'application/json';
const MEGABYTE = 1_000_000;

/** Numbers as JSON may spell them, which `JSON.stringify` would not. */
const raw = (text: string) => `\u{f0000}${text}\u{f0001}`;
const RAW_NUMBERS = ['-0', '1e400', '-1e400', '1E+2', '12345678901234567890123', '0.1e-400', '9007199254740993', '1.0'];

export function toJson(value: unknown): string {
  return ((JSON.stringify(value) as string | undefined) ?? 'null').replace(/"\u{f0000}([^"]*)\u{f0001}"/gu, '$1');
}

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
  return fc.oneof(
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

type Spelling = (text: string) => Payload;

const spelled = (spell: (text: string) => Buffer | string, type: string | null = JSON_TYPE): Spelling => {
  return (text) => ({ bytes: spell(text), type });
};
const same = (text: string) => text;
const escaped = (text: string) =>
  text.replace(/"(?:[^"\\]|\\.)*"/gs, (literal) => {
    const units = (JSON.parse(literal) as string).split('');
    return `"${units.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;
  });
const twice = (text: string) => text.replace(/^\{("(?:[^"\\]|\\.)*":)/s, '{$1{"a":[1]},$1');
const splice = (text: string, at: number, inserted: Buffer) => {
  const bytes = Buffer.from(text);
  const index = Math.min(bytes.length, at);
  return Buffer.concat([bytes.subarray(0, index), inserted, bytes.subarray(index)]);
};

/** Other spellings of the same JSON, which are as good. */
const fairSpellings: fc.Arbitrary<Spelling> = fc.oneof(
  { arbitrary: fc.constant(spelled(same)), weight: 4 },
  fc.constantFrom(
    spelled(escaped),
    spelled(twice),
    spelled((text) => ` \r\n\t${text}\n `),
    spelled((text) => Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), Buffer.from(text)])),
    spelled(same, 'APPLICATION/JSON'),
    spelled(same, 'application/json; charset=utf-8'),
    spelled(same, 'application/json;charset="UTF-16"; x=y'),
  ),
);

/** Bytes that are no JSON, too much of it, or said to be something else. */
const foulSpellings: fc.Arbitrary<Spelling> = fc.oneof(
  fc.nat(60).map((at) => spelled((text) => text.slice(0, at))),
  fc
    .tuple(fc.nat(60), fc.constantFrom([0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf8, 0x88], [0x00], [0xe2, 0x82]))
    .map(([at, bytes]) => spelled((text) => splice(text, at, Buffer.from(bytes)))),
  fc
    .constantFrom(
      '"__proto__":{"admin":true}',
      '"constructor":{"prototype":{"a":1}}',
      '"x":[{"prototype":1}]',
      '"y":{"a":{"__proto__":null}}',
    )
    .map((poison) => spelled((text) => (text.length > 2 ? text.replace(/^\{/, `{${poison},`) : `{${poison}}`))),
  fc
    .constantFrom(
      'text/plain',
      'application/xml',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded',
      '//',
      'x',
      '',
      null,
      'application/json2',
      'application/vnd.api+json',
      'text/json',
      'application/json, text/html',
    )
    .map((type) => spelled(same, type)),
  fc.constantFrom<Spelling>(
    spelled(() => ''),
    spelled(() => ' '),
    spelled(() => '', null),
    spelled((text) => Buffer.from(text, 'utf16le')),
    spelled((text) => `${text}${text}`),
    spelled((text) => text.replaceAll('"', "'")),
    spelled(() => '{"a":1,}'),
    spelled(() => '[NaN, Infinity, 0x10, 01]'),
    spelled(() => '['.repeat(30_000)),
    spelled(() => '{"a":'.repeat(10_000)),
  ),
  fc.constantFrom<Spelling>(
    spelled(() => JSON.stringify('x'.repeat(MEGABYTE))),
    spelled((text) => text.replace(/^\{/, `{"long":"${'\\u0000'.repeat(MEGABYTE / 6)}",`)),
    spelled((text) => `${text}${' '.repeat(MEGABYTE)}`),
  ),
);

/** Odd, but to be taken: nearly every one reaches the flow. `extra`: the route ignores fields that it does not know. */
export function fairJson(fields: Fields, { extra }: { readonly extra: boolean }): fc.Arbitrary<Mutation> {
  const more = extra
    ? fc.option(fc.tuple(fc.constantFrom('isAdmin', 'x', '\0', 'é'), wildValue), { nil: null, freq: 2 })
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

/** Anything. */
export function foulJson(fields: Fields): fc.Arbitrary<Mutation> {
  const spellings = fc.oneof({ arbitrary: fairSpellings, weight: 3 }, { arbitrary: foulSpellings, weight: 2 });
  return fc.tuple(rewrites(Object.keys(fields)), spellings).map(
    ([rewrite, spell]) =>
      (valid: Body) =>
        spell(toJson(rewrite(valid))),
  );
}
