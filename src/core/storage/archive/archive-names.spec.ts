import fc from 'fast-check';
import { ArchiveNames } from './archive-names';

const given = (...names: string[]): string[] => {
  const archive = new ArchiveNames();
  return names.map((name) => archive.give(name));
};

const spelling = (name: string, number: number): string =>
  Array.from(name, (letter, bit) => ((number >> bit) & 1 ? letter.toUpperCase() : letter)).join('');

it.each(['photo.png', 'Übersicht 2026.pdf', '日本語.txt', '👩‍👩‍👧.jpg', '.hidden', '-rf', 'console.txt', 'com10'])(
  '%s is a name as it is',
  (name) => {
    expect(given(name)).toEqual([name]);
  },
);

it.each([
  ['C:', 'C_'],
  ['a:b*c?d"e<f>g|h', 'a_b_c_d_e_f_g_h'],
  ['end.', 'end_'],
  ['end . ', 'end___'],
  ['...', '___'],
  ['NUL', '_NUL'],
  ['con.txt', '_con.txt'],
  ['Lpt9.tar.gz', '_Lpt9.tar.gz'],
  ['COM¹', '_COM¹'],
  ['aux .txt', '_aux .txt'],
  ['\u202Egpj.exe', '_gpj.exe'],
])('%j becomes %j', (name, safe) => {
  expect(given(name)).toEqual([safe]);
});

it('names that are one where case and composition do not count get a number before their extension', () => {
  expect(given('a.txt', 'A.TXT', 'a.txt', 'ﬁle', 'FILE', 'a (2).txt')).toEqual([
    'a.txt',
    'A (2).TXT',
    'a (3).txt',
    'ﬁle',
    'FILE (2)',
    'a (2) (2).txt',
  ]);
});

it('a number never makes a name too long, nor cuts a character in two', () => {
  const names = given(`${'é'.repeat(125)}.html`, `${'é'.repeat(125)}.HTML`);
  expect(names[1]).toBe(`${'é'.repeat(123)} (2).HTML`);
  expect(Buffer.byteLength(names[1] ?? '')).toBeLessThanOrEqual(255);
});

it.each([
  ['one name in all spellings of its case', (number: number) => spelling('a'.repeat(13), number)],
  [
    'long names that are one beside a number',
    (number: number) => `${'x'.repeat(248)}${number.toString(36).padStart(4, '0')}`,
  ],
  [
    'the same twice',
    (number: number) => spelling(`${'x'.repeat(248)}${(number >> 1).toString(36).padStart(4, '0')}a`, number),
  ],
  ['names with the numbers of another', (number: number) => (number < 1000 ? `a (${number})` : spelling('a', number))],
])('the work for a name does not grow with those before it: %s', (_what, nameOf) => {
  const names = Array.from({ length: 2000 }, (_, number) => nameOf(number));
  const looks = jest.spyOn(String.prototype, 'normalize');
  expect(new Set(given(...names)).size).toBe(names.length);
  expect(looks.mock.calls.length).toBeLessThan(4 * names.length);
  looks.mockRestore();
});

it('whatever the names are, those in the archive are harmless and apart', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
    fc.constantFrom('..', 'a', 'A', 'con', 'a.', 'a ', '//', '\\', 'x'.repeat(300)),
  );
  fc.assert(
    fc.property(fc.array(name, { maxLength: 20 }), (names) => {
      const archived = given(...names);
      for (const safe of archived) {
        expect(safe).not.toMatch(/[<>:"/\\|?*\p{Cc}\p{Cs}]|[. ]$|^$/u);
        expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(255);
      }
      expect(new Set(archived.map((safe) => safe.normalize('NFC').toLowerCase())).size).toBe(names.length);
    }),
  );
});
