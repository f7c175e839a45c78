import * as fc from 'fast-check';

/** What is sent. */
export interface Payload {
  readonly bytes: Buffer | string;
  /** Null: the header is left out. */
  readonly type: string | null;
}

export const JSON_TYPE = 'application/json';
const MEGABYTE = 1_000_000;

/** Numbers as JSON may spell them, which `JSON.stringify` would not. */
export const raw = (text: string) => `\u{f0000}${text}\u{f0001}`;
export const RAW_NUMBERS = [
  '-0',
  '1e400',
  '-1e400',
  '1E+2',
  '12345678901234567890123',
  '0.1e-400',
  '9007199254740993',
  '1.0',
];

export function toJson(value: unknown): string {
  return ((JSON.stringify(value) as string | undefined) ?? 'null').replace(/"\u{f0000}([^"]*)\u{f0001}"/gu, '$1');
}

/** How a JSON text is written down. */
export type Spelling = (text: string) => Payload;

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
export const fairSpellings: fc.Arbitrary<Spelling> = fc.oneof(
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
export const foulSpellings: fc.Arbitrary<Spelling> = fc.oneof(
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
