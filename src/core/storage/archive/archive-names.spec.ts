import fc from 'fast-check';
import { ArchiveNames } from './archive-names';

const given = (...names: string[]): string[] => {
  const archive = new ArchiveNames();
  return names.map((name) => archive.give(name));
};

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
