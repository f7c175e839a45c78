import * as fc from 'fast-check';
import { isEmailAddress } from '../../../src/http/fields/is-email-address';
import { isUsername } from '../../../src/http/fields/is-username';
import { normalizePassword } from '../../../src/kernel/canonical';
import { anyText, oddText } from './odd-text';

/** What becomes of one field's valid value. */
export type Edit = (valid: unknown) => unknown;

const to = (value: unknown): Edit => {
  return () => value;
};
const onText = (change: (text: string) => string): Edit => {
  return (valid) => (typeof valid === 'string' ? change(valid) : valid);
};

const ADDRESSES = [
  'ÜMLÄUT@EXÄMPLE.ORG',
  '用户@例子.广告',
  "o'brien+tag=1%2f@example.org",
  `${'l'.repeat(64)}@example.org`,
  'e\u0301\u0301@example.org',
  'שלום@example.org',
  'a@localhost',
  '{{7*7}}@example.org',
  '👩👩@example.org',
  `a@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.org`,
];
const USERNAMES = [
  '阿达达',
  'שלום',
  '𝒶𝒹𝒶',
  'İIı',
  'e\u0301\u0302a\u0303bc',
  'x'.repeat(255),
  '__proto__',
  'constructor',
  '../../..',
  '%00%00',
  'null',
];
const LOCALES = ['en', 'de-CH-1996', 'zh-Hant-TW', 'x-private', 'en-u-ca-gregory', 'EN-gb', 'sl-rozaj-biske'];

const isChosen = (text: string) => {
  const { length } = Array.from(normalizePassword(text));
  return length >= 6 && length <= 128 && !/\p{Surrogate}/u.test(text);
};

/** For each kind of field: edits that keep the value what the route takes, however odd, so that its flow is reached. */
export const fieldKinds = {
  email: fc.oneof(
    fc.constantFrom(...ADDRESSES.filter(isEmailAddress)).map(to),
    fc.constant(onText((text) => text.toUpperCase())),
    fc.constant(onText((text) => ` ${text}\t`)),
  ),
  username: fc.oneof(
    fc.constantFrom(...USERNAMES.filter(isUsername)).map(to),
    fc.constant(onText((text) => text.toUpperCase())),
  ),
  displayName: fc.oneof(fc.constantFrom('\u202egro', '👩‍👩‍👧', 'e\u0301'.repeat(100), '\u200b', null).map(to)),
  locale: fc.constantFrom(...LOCALES, null).map(to),
  secret: oddText(500).map(to),
  newPassword: oddText(120)
    .map((text) => `${text} and Aa1$`)
    .filter(isChosen)
    .map(to),
  ticket: fc.oneof(
    anyText(256).map(to),
    fc.constant(onText((text) => `${text}=`)),
    fc.constant(onText((text) => ` ${text}`)),
  ),
  code: fc
    .constantFrom('000 000', '0-0-0-0-0-0', '0', 'A'.repeat(64), 'a'.repeat(16), '1 ', '12345678901234567890')
    .map(to),
  mailedCode: anyText(64).map(to),
  opaque: oddText(1000)
    .filter((text) => !text.includes('\0') && Buffer.byteLength(text) <= 4096)
    .map(to),
  token: anyText(4096).map(to),
  flag: fc.boolean().map(to),
  keyId: fc.constantFrom(0, -1, 2 ** 31, 2 ** 53, Number.MAX_VALUE, 7, -0).map(to),
  ciphertext: fc.oneof(anyText(4096).map(to), fc.constant(onText((text) => text.slice(1)))),
  data: fc
    .constantFrom(
      {},
      { a: [{ b: [[[]]] }], '': null, 'e\u0301': 1e308 },
      { toString: 1, then: {}, length: -1, toJSON: 'x', valueOf: [] },
      { list: Array.from({ length: 100 }, (_, index) => index) },
      { text: '🔑'.repeat(1000), zero: -0, small: 5e-324 },
    )
    .map(to),
} as const satisfies Record<string, fc.Arbitrary<Edit>>;

export type FieldKind = keyof typeof fieldKinds;
export type Fields = Readonly<Record<string, FieldKind>>;

/** Edits for one field, or for about half of them: what lies behind the first check must be reached too. */
export function acceptableEdits(fields: Fields): fc.Arbitrary<Partial<Record<string, Edit>>> {
  const each = Object.entries(fields).map(([name, kind]) =>
    fieldKinds[kind].map((edit): [string, Edit] => [name, edit]),
  );
  const half = each.map((edit) => fc.option(edit, { nil: null, freq: 2 }));
  const several = fc.tuple(...half).map((edits) => edits.filter((edit) => edit !== null));
  const one = each.length === 0 ? fc.constant([]) : fc.oneof(...each).map((edit) => [edit]);
  return fc.oneof(several, one).map((edits) => Object.fromEntries(edits));
}
