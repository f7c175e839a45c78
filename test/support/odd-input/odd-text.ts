import * as fc from 'fast-check';

/** Text that JSON may hold and that is easily got wrong: by databases, by hashes, by comparisons, by eyes. */
const WELL_FORMED = [
  '\0',
  'a\0b',
  '\r\n\r\n',
  '\u001b[2J',
  '\u202egro.elpmaxe',
  '\u200b',
  '\ufeff',
  '\uffff',
  '\u{10ffff}',
  'e\u0301\u0302\u0303\u0304',
  'İIıi',
  'ﬀ ß ẞ',
  '\u1100\u1161\u11a8',
  'שלום \u05d5',
  'مرحبا',
  '👩‍👩‍👧‍👦',
  '＠．／',
  '%00%ff%zz',
  "'; DROP TABLE users; --",
  '{"$ne":null}',
  '${7*7}{{7*7}}',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  'null',
  'NaN',
  '-0',
  '1e309',
  '٠١٢٣٤٥',
  '１２３４５６',
];

/** Halves of characters: JSON can hold them, UTF-8 cannot. */
const LONE_SURROGATES = ['\ud800', 'a\udc00b', '\udc00\ud800', '\ud83d'];

const cut = (text: string, longest: number) => Array.from(text).slice(0, longest).join('');

/** Well-formed text of at most `longest` characters, not empty. */
export function oddText(longest: number): fc.Arbitrary<string> {
  const fitting = WELL_FORMED.filter((text) => text.length <= longest);
  return fc.oneof(
    fc.constantFrom(...fitting),
    fc.string({ unit: 'binary', minLength: 1, maxLength: Math.max(1, Math.floor(longest / 2)) }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: Math.max(1, Math.floor(longest / 4)) }),
    fc.constantFrom('x', '\u0301', '界').map((character) => cut(character.repeat(longest), longest)),
  );
}

/** Any text at all of at most `longest` UTF-16 units, lone surrogates too; not empty. */
export function anyText(longest: number): fc.Arbitrary<string> {
  const lone = fc.constantFrom(...LONE_SURROGATES).filter((text) => text.length <= longest);
  return fc.oneof({ arbitrary: oddText(longest).map((text) => text.slice(0, longest)), weight: 3 }, lone);
}
